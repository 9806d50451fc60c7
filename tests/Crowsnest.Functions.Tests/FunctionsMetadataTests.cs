using System.Text.Json;
using Crowsnest.Testing;

namespace Crowsnest.Functions.Tests;

/// <summary>What the build tells the Functions host of the functions.</summary>
public sealed class FunctionsMetadataTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    // Names, triggers, schedules, retries: what the host acts on.
    [Fact]
    public void Metadata_IsWhatWasApproved()
    {
        string json = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "functions.metadata"));
        using JsonDocument document = JsonDocument.Parse(json);

        Assert.True(Approval.Matches("functions-metadata", JsonSerializer.Serialize(document.RootElement, Readable) + "\n"));
    }
}

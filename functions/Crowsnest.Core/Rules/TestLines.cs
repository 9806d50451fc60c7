using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>Runs the lines of a test file, each a JSON object with <c>fires</c>, <c>why</c> and what is to be tried.</summary>
internal static class TestLines
{
    /// <summary>Runs them.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="noun">What a line holds, in the plural.</param>
    /// <param name="fewest">How many have to fire, and how many have to be near misses.</param>
    /// <param name="fires">Tries one.</param>
    /// <returns>What is wrong, one line each; nothing when all is well.</returns>
    internal static IReadOnlyList<string> Run(
        IEnumerable<string> lines,
        string noun,
        (int Fired, int Silent) fewest,
        Func<JsonElement, bool> fires)
    {
        List<string> faults = [];
        int fired = 0;
        int silent = 0;
        int number = 0;
        foreach (string line in lines.Where(static line => line.Length > 0))
        {
            number++;
            try
            {
                using JsonDocument test = JsonDocument.Parse(line);
                bool expected = test.RootElement.GetProperty("fires").GetBoolean();
                string why = test.RootElement.GetProperty("why").GetString() ?? "";
                if (fires(test.RootElement) != expected)
                {
                    faults.Add($"{noun[..^1]} {number} ({why}) should {(expected ? "" : "not ")}fire");
                }

                fired += expected ? 1 : 0;
                silent += expected ? 0 : 1;
            }
            catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                faults.Add($"line {number} is no test: {broken.Message}");
            }
        }

        if (fired < fewest.Fired || silent < fewest.Silent)
        {
            faults.Add($"{fired} {noun} that fire and {silent} near misses; at least {fewest.Fired} and {fewest.Silent} are needed");
        }

        return faults;
    }
}

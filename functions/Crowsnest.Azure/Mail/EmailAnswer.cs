using System.Text.Json;
using Crowsnest.Azure.Channels;
using Crowsnest.Core.Alerting;

namespace Crowsnest.Azure.Mail;

/// <summary>What Azure Communication Services says of a mail.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="RetryAfter">How long it wants to be left alone.</param>
/// <param name="State">State of the operation, or empty.</param>
/// <param name="Said">State or error, in words.</param>
internal sealed record EmailAnswer(int Code, TimeSpan? RetryAfter, string State, string Said)
{
    private const int LongestText = 200;

    // Of these codes only the mail itself is the reason. All others are about us: settings, roles, quotas.
    private const int BadRequest = 400;
    private const int TooLarge = 413;

    /// <summary>True when the service knows no operation of this id.</summary>
    internal bool IsUnknown => Code == 404;

    internal bool HasSucceeded => State == "Succeeded";

    /// <summary>True while it is not known how it ends.</summary>
    internal bool IsOpen => !IsUnknown && State is not ("Succeeded" or "Failed" or "Canceled");

    internal static EmailAnswer Of(int code, TimeSpan? retryAfter, BinaryData? content)
    {
        (string state, string error) = Read(content);
        string said = string.Join(' ', new[] { $"{code}", state, error }.Where(static part => part.Length > 0));
        return new EmailAnswer(code, retryAfter, state, SafeText.OneLine(said, LongestText));
    }

    /// <summary>The delivery that ends here because the service took nothing, or null.</summary>
    /// <param name="isAsked">True when nothing was sent, only asked.</param>
    internal Delivery? Refusal(bool isAsked) => Code switch
    {
        200 or 202 or 409 => null,
        _ when isAsked => new Delivery(DeliveryOutcome.Temporary, Said) { RetryAfter = RetryAfter },
        BadRequest when !IsAboutSender => new Delivery(DeliveryOutcome.Refused, Said),
        TooLarge => new Delivery(DeliveryOutcome.Refused, Said),
        >= 500 => new Delivery(DeliveryOutcome.Unsure, Said) { RetryAfter = RetryAfter },
        _ => new Delivery(DeliveryOutcome.Temporary, Said) { RetryAfter = RetryAfter },
    };

    // A domain that is not linked yet, or a sender that is not there, is mended in the deployment.
    private bool IsAboutSender =>
        Said.Contains("Domain", StringComparison.OrdinalIgnoreCase) || Said.Contains("Sender", StringComparison.OrdinalIgnoreCase);

    private static (string State, string Error) Read(BinaryData? content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content ?? BinaryData.FromString("{}"));
            JsonElement root = document.RootElement;
            string error = Get(root, "error") is { ValueKind: JsonValueKind.Object } fault
                ? $"{Text(fault, "code")}: {Text(fault, "message")}" : "";
            return (Text(root, "status"), error);
        }
        catch (JsonException)
        {
            return ("", "");
        }
    }

    private static JsonElement? Get(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : null;

    private static string Text(JsonElement element, string name) =>
        Get(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Alerting;

namespace Crowsnest.Azure.Mail;

/// <summary>A mail as Azure Communication Services takes it.</summary>
internal static class EmailRequest
{
    /// <summary>The operation's id: a GUID that follows from the sender and the mail, and with it from incident and revision.</summary>
    internal static string OperationId(string sender, string messageId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"mail\0{sender}\0{messageId}"), hash);

        // A GUID made of a hash says so: version 8 (RFC 9562, 5.8).
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString();
    }

    internal static byte[] Body(AlertMail mail, MailOptions options)
    {
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter json = new(buffer);
        json.WriteStartObject();
        json.WriteString("senderAddress", options.From);
        json.WriteStartObject("recipients");
        json.WriteStartArray("to");
        foreach (string address in options.Recipients)
        {
            json.WriteStartObject();
            json.WriteString("address", address);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("content");
        json.WriteString("subject", mail.Subject);
        json.WriteString("plainText", mail.Text);
        json.WriteString("html", mail.Html);
        json.WriteEndObject();

        // Only names of our own kind: which standard headers the service passes on is not documented.
        json.WriteStartObject("headers");
        json.WriteString("X-Auto-Response-Suppress", "All");
        json.WriteString("X-Crowsnest-Message", mail.MessageId);
        json.WriteEndObject();
        json.WriteBoolean("userEngagementTrackingDisabled", true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Crowsnest.Azure.Alerts;

/// <summary>Writes tickets that nobody can forge or change: JSON and HMAC-SHA256, in characters that a URL takes.</summary>
public sealed class TicketSigner(byte[] key)
{
    private const int LongestTicket = 2000;

    public string Sign(AnswerTicket ticket)
    {
        string body = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(ticket, AnswerTicketJson.Default.AnswerTicket));
        return $"{body}.{Base64Url.EncodeToString(Mac(body))}";
    }

    /// <summary>Reads a ticket; null when it is forged, changed or has ended.</summary>
    public AnswerTicket? Read(string text, DateTimeOffset now)
    {
        string[] parts = text.Length > LongestTicket ? [] : text.Split('.');
        if (parts.Length != 2 || !Base64Url.IsValid(parts[0]) || !Base64Url.IsValid(parts[1])
            || !CryptographicOperations.FixedTimeEquals(Base64Url.DecodeFromChars(parts[1]), Mac(parts[0])))
        {
            return null;
        }

        AnswerTicket? ticket = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(parts[0]), AnswerTicketJson.Default.AnswerTicket);
        return ticket?.Expires > now.ToUnixTimeSeconds() ? ticket : null;
    }

    /// <summary>The seal of a text that is no ticket: its HMAC-SHA256, in characters that a URL takes.</summary>
    public string Seal(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("seal\n" + text)));

    private byte[] Mac(string body) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(body));
}

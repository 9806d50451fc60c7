using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Audit;

/// <summary>The names and notations of the audit schema.</summary>
internal static class AuditNames
{
    private const int LongestTime = 40;

    internal static AuditStage Stage(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("ResponseComplete"u8) ? AuditStage.ResponseComplete
        : text.SequenceEqual("ResponseStarted"u8) ? AuditStage.ResponseStarted
        : text.SequenceEqual("RequestReceived"u8) ? AuditStage.RequestReceived
        : text.SequenceEqual("Panic"u8) ? AuditStage.Panic
        : AuditStage.Unknown;

    internal static AuditLevel Level(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("Metadata"u8) ? AuditLevel.Metadata
        : text.SequenceEqual("Request"u8) ? AuditLevel.Request
        : text.SequenceEqual("RequestResponse"u8) ? AuditLevel.RequestResponse
        : text.SequenceEqual("None"u8) ? AuditLevel.None
        : AuditLevel.Unknown;

    /// <summary>Reads an RFC 3339 time with any number of fraction digits; digits beyond the seventh are dropped.</summary>
    internal static bool TryParseTime(ReadOnlySpan<byte> utf8, out DateTimeOffset time)
    {
        time = default;
        if (utf8.Length is < 10 or > LongestTime)
        {
            return false;
        }

        // "2026-01-02T03:04:05.1234567Z", or "+00:00" for the Z, by hand: the general parser costs ten times as much.
        int zone = utf8.EndsWith("Z"u8) ? 1 : utf8.EndsWith("+00:00"u8) ? 6 : 0;
        if (zone > 0 && utf8.Length - zone >= 19 && utf8[10] == (byte)'T' && TryReadUtc(utf8[..^zone], out time))
        {
            return true;
        }

        Span<char> chars = stackalloc char[LongestTime];
        if (Ascii.ToUtf16(utf8, chars, out int written) == System.Buffers.OperationStatus.Done
            && DateTimeOffset.TryParse(
                chars[..written],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out time)
            && IsPossible(time.Year))
        {
            return true;
        }

        time = default;
        return false;
    }

    /// <summary>Reads seconds since 1970, or thousandths, millionths or billionths of them: their size tells which.</summary>
    internal static bool TryReadEpoch(ReadOnlySpan<byte> number, out DateTimeOffset time)
    {
        // Of September 2001: smaller numbers are no times of Kubernetes, but anything else.
        const decimal Least = 1_000_000_000;
        time = default;
        if (!Utf8Parser.TryParse(number, out decimal value, out int consumed) || consumed != number.Length || value < Least)
        {
            return false;
        }

        // Seconds of the years up to 5138 have eleven digits; thousandths of those since 1973 have twelve.
        const decimal Most = 100_000_000_000;
        while (value >= Most)
        {
            value /= 1_000;
        }

        time = DateTimeOffset.UnixEpoch.AddTicks((long)(value * TimeSpan.TicksPerSecond));
        return true;
    }

    private static bool TryReadUtc(ReadOnlySpan<byte> utf8, out DateTimeOffset time)
    {
        time = default;
        if (!Number(utf8, 0, 4, out int year) || !Number(utf8, 5, 2, out int month) || !Number(utf8, 8, 2, out int day)
            || !Number(utf8, 11, 2, out int hour) || !Number(utf8, 14, 2, out int minute)
            || !Number(utf8, 17, 2, out int second)
            || !IsPossible(year) || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        // RFC 3339 has a sixtieth second for leap seconds, which the calendar here does not know.
        second = Math.Min(second, 59);

        long ticks = 0;
        if (utf8.Length > 19)
        {
            int digits = Math.Min(7, utf8.Length - 20);
            if (utf8[19] != (byte)'.' || !Number(utf8, 20, digits, out int fraction))
            {
                return false;
            }

            ticks = fraction;
            for (int i = digits; i < 7; i++)
            {
                ticks *= 10;
            }
        }

        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).AddTicks(ticks);
        return true;
    }

    // Times are calculated with: at either end of the calendar that would throw.
    private static bool IsPossible(int year) => year is >= 1970 and <= 9998;

    private static bool Number(ReadOnlySpan<byte> utf8, int start, int length, out int value) =>
        Utf8Parser.TryParse(utf8.Slice(start, length), out value, out int consumed) && consumed == length && value >= 0;
}

namespace Crowsnest.Core.Intake;

/// <summary>
/// What the messages of one delivery may unpack to and hold together. One small packed message is limited by itself; a hundred of
/// them would still fill the memory. Every message keeps a share of its own that real audit events never exceed, so that
/// none can crowd out another.
/// </summary>
public sealed class IntakeBudget
{
    /// <summary>Most bytes that the packed messages of a delivery unpack to, beyond the share of each.</summary>
    public const long MostBytes = 512L * 1024 * 1024;

    /// <summary>Most records that the messages of a delivery hold, beyond the share of each.</summary>
    public const int MostRecords = 1_000_000;

    /// <summary>Most records of one message. Each costs hundreds of bytes, and of two bytes it would be thirty million.</summary>
    public const int MostRecordsOfMessage = 100_000;

    // Audit events pack to a tenth; those that repeat themselves most to a fifteenth.
    private const int UsualRatio = 16;
    private const int SmallestBytes = 1024 * 1024;

    // An API server writes no event of less than 600 bytes, and shippers add to it.
    private const int SmallestRecord = 500;
    private const int SmallestRecords = 1_000;

    private long _bytes;
    private int _records;

    /// <summary>Bytes that a packed message may unpack to.</summary>
    /// <param name="packed">Its length as received.</param>
    internal int BytesFor(int packed)
    {
        long share = Math.Clamp((long)packed * UsualRatio, SmallestBytes, Gunzip.LargestMessage);
        return (int)Math.Clamp(MostBytes - _bytes, share, Gunzip.LargestMessage);
    }

    /// <summary>Records that a message may hold.</summary>
    /// <param name="length">Its length, unpacked.</param>
    internal int RecordsFor(int length)
    {
        int share = Math.Clamp(length / SmallestRecord, SmallestRecords, MostRecordsOfMessage);
        return Math.Clamp(MostRecords - _records, share, MostRecordsOfMessage);
    }

    /// <summary>Counts what a message unpacked to.</summary>
    internal void Unpacked(int bytes) => _bytes += bytes;

    /// <summary>Counts what a message held.</summary>
    internal void Read(int records) => _records += records;
}

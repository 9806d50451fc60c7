using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ParquetSharp;
using ParquetSharp.Schema;

namespace Crowsnest.Azure.Columns;

/// <summary>
/// Writes a Parquet file row by row: values are handed in in the order of the columns. The same rows give the same bytes. Not thread-safe.
/// </summary>
internal sealed class ColumnFileWriter : IDisposable
{
    // A reader that wants one event unpacks one page. Of the levels 6 gains an eighth of the size, at two thirds of the speed.
    private const int PageSize = 1 << 20;
    private const int PackingLevel = 3;

    // A power of two.
    private const int RecentOfColumn = 64;

    // What is held until a row group is written.
    private const int MostRows = 64 * 1024;
    private const long MostBytes = 48 << 20;

    private readonly IReadOnlyList<Column> _columns;
    private readonly PinnedText _text = new();
    private readonly (string? Text, ByteArray Utf8)[] _recent;
    private readonly List<ByteArray>[] _texts;
    private readonly List<long>[] _numbers;
    private readonly WriterProperties _properties;
    private readonly ParquetFileWriter _writer;
    private int _column;
    private int _rows;

    internal ColumnFileWriter(string path, IReadOnlyList<Column> columns)
    {
        _columns = columns;
        _recent = new (string?, ByteArray)[columns.Count * RecentOfColumn];
        _texts = [.. columns.Select(static _ => new List<ByteArray>())];
        _numbers = [.. columns.Select(static _ => new List<long>())];
        using WriterPropertiesBuilder properties = new();
        properties.Compression(Compression.Zstd).CompressionLevel(PackingLevel).DataPagesize(PageSize).CreatedBy("crowsnest");
        foreach (Column column in columns.Where(static column => column.Type is ColumnType.OwnText or ColumnType.Time))
        {
            properties.DisableDictionary(column.Name);
        }

        // Nobody asks for the smallest event, and it is a whole event that would be kept.
        foreach (Column column in columns.Where(static column => column.Name == "json"))
        {
            properties.DisableStatistics(column.Name);
        }

        _properties = properties.Build();
        using GroupNode schema = new("schema", Repetition.Required, [.. columns.Select(NodeOf)]);
        _writer = new ParquetFileWriter(path, schema, _properties);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _properties.Dispose();
    }

    internal ColumnFileWriter Text(string text)
    {
        _texts[_column].Add(text.Length == 0 ? default
            : _columns[_column].Type == ColumnType.Text ? Recurring(text) : _text.Own(text));
        return Next();
    }

    // Equal texts of an event's fields mostly are one object: the parser pools them. Then nothing is hashed or compared.
    private ByteArray Recurring(string text)
    {
        ref (string? Text, ByteArray Utf8) slot = ref _recent[
            (_column * RecentOfColumn) + (RuntimeHelpers.GetHashCode(text) & (RecentOfColumn - 1))];
        if (!ReferenceEquals(slot.Text, text))
        {
            slot = (text, _text.Recurring(text));
        }

        return slot.Utf8;
    }

    internal ColumnFileWriter Text(ReadOnlySpan<byte> utf8)
    {
        _texts[_column].Add(_text.Own(utf8));
        return Next();
    }

    internal ColumnFileWriter Number(long number)
    {
        _numbers[_column].Add(number);
        return Next();
    }

    internal ColumnFileWriter Time(DateTimeOffset time) => Number(Microseconds(time));

    /// <summary>A time as it is written.</summary>
    internal static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Ends the file.</summary>
    internal void End()
    {
        WriteGroup();
        _writer.Close();
    }

    private static PrimitiveNode NodeOf(Column column)
    {
        using LogicalType type = column.Type switch
        {
            ColumnType.Text or ColumnType.OwnText => LogicalType.String(),
            ColumnType.Time => LogicalType.Timestamp(isAdjustedToUtc: true, TimeUnit.Micros),
            _ => LogicalType.None(),
        };
        PhysicalType physical = column.Type switch
        {
            ColumnType.Text or ColumnType.OwnText => PhysicalType.ByteArray,
            ColumnType.Int32 => PhysicalType.Int32,
            _ => PhysicalType.Int64,
        };
        return new PrimitiveNode(column.Name, Repetition.Required, type, physical);
    }

    private ColumnFileWriter Next()
    {
        if (++_column == _columns.Count)
        {
            _column = 0;
            _rows++;
            if (_rows == MostRows || _text.Bytes >= MostBytes)
            {
                WriteGroup();
            }
        }

        return this;
    }

    private void WriteGroup()
    {
        if (_rows == 0)
        {
            return;
        }

        using RowGroupWriter group = _writer.AppendRowGroup();
        for (int i = 0; i < _columns.Count; i++)
        {
            using ColumnWriter column = group.NextColumn();
            switch (column)
            {
                case ColumnWriter<ByteArray> texts:
                    texts.WriteBatch(CollectionsMarshal.AsSpan(_texts[i]));
                    break;
                case ColumnWriter<int> numbers:
                    numbers.WriteBatch([.. _numbers[i].Select(static number => (int)number)]);
                    break;
                case ColumnWriter<long> numbers:
                    numbers.WriteBatch(CollectionsMarshal.AsSpan(_numbers[i]));
                    break;
                default:
                    throw new InvalidOperationException($"the column {_columns[i].Name} has a type that nothing writes");
            }

            _texts[i].Clear();
            _numbers[i].Clear();
        }

        _text.Clear();
        Array.Clear(_recent);
        _rows = 0;
    }
}

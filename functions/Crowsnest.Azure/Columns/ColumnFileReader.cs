using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace Crowsnest.Azure.Columns;

/// <summary>Reads some columns of a Parquet file, row by row. Not thread-safe.</summary>
/// <param name="path">The file.</param>
/// <param name="columns">Names of the columns to read.</param>
internal sealed class ColumnFileReader(string path, IReadOnlyList<string> columns)
{
    private const int RowsAtOnce = 1024;

    /// <summary>How many rows the file says it has.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    internal static long Count(string path)
    {
        using ParquetFileReader reader = new ColumnFileReader(path, []).Open();
        return reader.FileMetaData.NumRows;
    }

    /// <summary>The rows: a text as bytes, a number as <see cref="long"/>, in the order of the columns.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or lacks a column.</exception>
    internal IEnumerable<ColumnRow> Read()
    {
        using ParquetFileReader reader = Open();
        int[] places = [.. columns.Select(name => PlaceOf(reader, name))];
        for (int g = 0; g < reader.FileMetaData.NumRowGroups; g++)
        {
            using RowGroupReader group = reader.RowGroup(g);
            ColumnReader[] readers = [.. places.Select(place => group.Column(place))];
            for (long left = group.MetaData.NumRows; left > 0;)
            {
                int rows = (int)Math.Min(left, RowsAtOnce);
                ColumnRow[] read = Read(readers, rows);
                foreach (ColumnRow row in read)
                {
                    yield return row;
                }

                left -= rows;
            }

            Array.ForEach(readers, static column => column.Dispose());
        }
    }

    private ParquetFileReader Open()
    {
        try
        {
            return new ParquetFileReader(path);
        }
        catch (Exception fault) when (fault is ParquetException)
        {
            throw new InvalidDataException($"{Path.GetFileName(path)} can't be read: {fault.Message}", fault);
        }
    }

    private static int PlaceOf(ParquetFileReader reader, string name)
    {
        for (int i = 0; i < reader.FileMetaData.NumColumns; i++)
        {
            if (reader.FileMetaData.Schema.Column(i).Name == name)
            {
                return i;
            }
        }

        throw new InvalidDataException($"the file has no column {name}");
    }

    private static ColumnRow[] Read(ColumnReader[] readers, int rows)
    {
        ColumnRow[] read = [.. Enumerable.Range(0, rows).Select(_ => new ColumnRow(readers.Length))];
        for (int c = 0; c < readers.Length; c++)
        {
            switch (readers[c])
            {
                case ColumnReader<ByteArray> texts:
                    ReadAll(texts, read, c, static (row, c, value) => row.Set(c, Bytes(value)));
                    break;
                case ColumnReader<int> numbers:
                    ReadAll(numbers, read, c, static (row, c, value) => row.Set(c, value));
                    break;
                case ColumnReader<long> numbers:
                    ReadAll(numbers, read, c, static (row, c, value) => row.Set(c, value));
                    break;
                default:
                    throw new InvalidDataException("the file has a column of a type that nothing reads");
            }
        }

        return read;
    }

    private static void ReadAll<T>(ColumnReader<T> reader, ColumnRow[] rows, int column, Action<ColumnRow, int, T> set)
        where T : unmanaged
    {
        T[] values = new T[rows.Length];
        try
        {
            for (int done = 0; done < rows.Length;)
            {
                reader.ReadBatch(rows.Length - done, values.AsSpan(done), out long count);
                if (count == 0)
                {
                    throw new InvalidDataException("the file ends early");
                }

                // Texts live in the reader's memory until the next call.
                for (int i = 0; i < count; i++)
                {
                    set(rows[done + i], column, values[done + i]);
                }

                done += (int)count;
            }
        }
        catch (ParquetException fault)
        {
            throw new InvalidDataException(fault.Message, fault);
        }
    }

    private static byte[] Bytes(ByteArray value)
    {
        byte[] bytes = new byte[value.Length];
        if (value.Length > 0)
        {
            System.Runtime.InteropServices.Marshal.Copy(value.Pointer, bytes, 0, value.Length);
        }

        return bytes;
    }

    /// <summary>A row of the columns that were asked for.</summary>
    internal sealed class ColumnRow(int columns)
    {
        private readonly byte[][] _texts = new byte[columns][];
        private readonly long[] _numbers = new long[columns];

        internal byte[] Utf8(int column) => _texts[column];

        internal string Text(int column) => Encoding.UTF8.GetString(_texts[column]);

        internal long Number(int column) => _numbers[column];

        internal DateTimeOffset Time(int column) =>
            new(DateTime.UnixEpoch.AddTicks(_numbers[column] * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

        internal void Set(int column, byte[] text) => _texts[column] = text;

        internal void Set(int column, long number) => _numbers[column] = number;
    }
}

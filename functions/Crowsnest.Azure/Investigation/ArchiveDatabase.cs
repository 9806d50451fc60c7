using System.Collections;
using System.Globalization;
using System.Numerics;
using DuckDB.NET.Data;

namespace Crowsnest.Azure.Investigation;

/// <summary>DuckDB in memory, bounded in memory and time, over files of the archive. Not thread-safe.</summary>
internal sealed class ArchiveDatabase : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");
    private readonly string _spill;

    /// <summary>Opens it.</summary>
    /// <param name="options">Its bounds.</param>
    /// <param name="spill">Folder for what does not fit into memory: its own, and removed with it.</param>
    internal ArchiveDatabase(InvestigationOptions options, string spill)
    {
        _spill = spill;
        ArchiveCache.CreatePrivate(spill);
        _connection.Open();
        Run(string.Create(
            CultureInfo.InvariantCulture,
            $"SET memory_limit = '{options.MemoryMegabytes}MB'; SET TimeZone = 'UTC'; SET autoinstall_known_extensions = false; "
            + $"SET autoload_known_extensions = false; SET temp_directory = {Quote(spill)}; SET preserve_insertion_order = false"));
    }

    internal DuckDBConnection Connection => _connection;

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(_spill, recursive: true);
    }

    /// <summary>A text as SQL has it.</summary>
    internal static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The rows of files, as a table of SQL.</summary>
    internal static string Rows(IEnumerable<string> paths) =>
        $"read_parquet([{string.Join(',', paths.Select(Quote))}], hive_partitioning = true, "
        + "hive_types = {'cluster': VARCHAR, 'date': DATE})";

    /// <summary>Runs statements without a result.</summary>
    internal void Run(string sql)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Asks.</summary>
    /// <param name="name">Name of the table.</param>
    /// <param name="title">Its title.</param>
    /// <param name="sql">A query that gives one row more than <paramref name="most"/> when there are more.</param>
    /// <param name="parameters">Its named parameters.</param>
    /// <param name="most">Rows at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvestigationException">The query is wrong, or too costly.</exception>
    internal ReportTable Query(
        string name,
        string title,
        string sql,
        IReadOnlyDictionary<string, object> parameters,
        int most,
        CancellationToken cancellationToken)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string parameter, object value) in parameters)
        {
            if (sql.Contains('$' + parameter, StringComparison.Ordinal))
            {
                command.Parameters.Add(new DuckDBParameter(parameter, value));
            }
        }

        using CancellationTokenRegistration interrupt = cancellationToken.Register(command.Cancel);
        try
        {
            using DuckDBDataReader reader = command.ExecuteReader();
            List<IReadOnlyList<object?>> rows = [];
            bool hasMore = false;
            while (reader.Read())
            {
                if (rows.Count == most)
                {
                    hasMore = true;
                    break;
                }

                object?[] row = new object?[reader.FieldCount];
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = reader.IsDBNull(i) ? null : Cell(reader.GetValue(i));
                }

                rows.Add(row);
            }

            return new ReportTable(
                name, title, [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], rows, hasMore);
        }
        catch (DuckDBException fault)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvestigationException(fault.Message.ReplaceLineEndings(" ").Trim(), fault);
        }
    }

    private static object? Cell(object? value) => value switch
    {
        null or DBNull => null,
        string or bool or long or double => value,
        sbyte or short or int or byte or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float single => (double)single,
        decimal number => (double)number,
        BigInteger big => big >= long.MinValue && big <= long.MaxValue ? (long)big : big.ToString(CultureInfo.InvariantCulture),
        ulong large => large <= long.MaxValue ? (long)large : large.ToString(CultureInfo.InvariantCulture),
        DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
        DateTimeOffset time => time.ToUniversalTime(),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IDictionary map => string.Join(", ", map.Keys.Cast<object>().Select(key => $"{key}={map[key]}")),
        IEnumerable list => list.Cast<object?>().Select(Cell).ToList(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}

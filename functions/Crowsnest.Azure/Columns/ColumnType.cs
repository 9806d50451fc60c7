namespace Crowsnest.Azure.Columns;

/// <summary>What a column of a Parquet file holds. No column has nulls: text that is not there is empty.</summary>
internal enum ColumnType
{
    /// <summary>UTF-8 text, from a dictionary where values recur.</summary>
    Text,

    /// <summary>UTF-8 text, every one its own.</summary>
    OwnText,

    /// <summary>A 32-bit number.</summary>
    Int32,

    /// <summary>A 64-bit number.</summary>
    Int64,

    /// <summary>A time in UTC, in microseconds.</summary>
    Time,
}

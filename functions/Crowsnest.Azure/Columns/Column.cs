namespace Crowsnest.Azure.Columns;

/// <summary>A column of a Parquet file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it holds.</param>
internal sealed record Column(string Name, ColumnType Type);

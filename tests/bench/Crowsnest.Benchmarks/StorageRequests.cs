using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Crowsnest.Benchmarks;

/// <summary>Listens to what is sent to storage, and counts requests and rows by what they are for.</summary>
internal sealed partial class StorageRequests : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly SortedDictionary<string, (long Requests, long Rows)> _kinds = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _subscriptions = [];

    internal StorageRequests() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "HttpHandlerDiagnosticListener")
        {
            _subscriptions.Add(value.Subscribe(this));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == "System.Net.Http.HttpRequestOut.Start"
            && value.Value?.GetType().GetProperty("Request")?.GetValue(value.Value) is HttpRequestMessage request)
        {
            string[] rows = RowsOf(request);
            string kind = $"{request.Method.Method,-6} {string.Join(", ", rows.Distinct().Order(StringComparer.Ordinal))}";
            lock (_kinds)
            {
                (long requests, long before) = _kinds.GetValueOrDefault(kind);
                _kinds[kind] = (requests + 1, before + rows.Length);
            }
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => _subscriptions.ForEach(static one => one.Dispose());

    /// <summary>Writes what a million events cost.</summary>
    internal void Write(TextWriter output, int events)
    {
        foreach ((string kind, (long requests, long rows)) in _kinds.OrderByDescending(static one => one.Value.Requests))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    {requests * 1_000_000L / events,9:N0} requests {rows * 1_000_000L / events,11:N0} rows  {kind}"));
        }
    }

    // A transaction names table and keys in its body only.
    private static string[] RowsOf(HttpRequestMessage request)
    {
        string path = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath);
        if (!path.EndsWith("$batch", StringComparison.Ordinal))
        {
            return [string.Join('/', path.Split('/').Skip(2).Take(2)).Split('(')[0]];
        }

        using StreamReader reader = new(request.Content!.ReadAsStream());
        string body = Uri.UnescapeDataString(reader.ReadToEnd());
        return
        [
            .. Row().Matches(body).Select(
                static match => $"{match.Groups["table"].Value} {KindOf(match.Groups["partition"].Value)}".TrimEnd()),
        ];
    }

    // What stands before names of clusters says what it is.
    private static string KindOf(string partition) => partition.Split('|')[0] is var first && Word().IsMatch(first) ? first : "";

    [GeneratedRegex(@"(?:PATCH|PUT|MERGE|DELETE|POST) https?://[^\s?(]+/(?<table>\w+)(?:\(PartitionKey='(?<partition>[^']*)'|[\s?(])")]
    private static partial Regex Row();

    [GeneratedRegex("^[a-z]+$")]
    private static partial Regex Word();
}

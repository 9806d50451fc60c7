using System.Text;

namespace Crowsnest.Core.Intake;

/// <summary>Remembers the names of clusters by the resource ids as received. Not thread-safe.</summary>
internal sealed class ClusterNames
{
    // A hub serves a handful of clusters; whoever sends thousands of ids is hostile and gains nothing.
    private const int MostClusters = 1_000;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private byte[] _lastId = [];
    private string _lastName = "";

    /// <summary>The name for a resource id, escapes and all.</summary>
    internal string Of(ReadOnlySpan<byte> resourceId)
    {
        // Nearly every record is of the same cluster as the one before it.
        if (resourceId.SequenceEqual(_lastId))
        {
            return _lastName;
        }

        string id = Encoding.UTF8.GetString(resourceId).Replace("\\/", "/", StringComparison.Ordinal);
        if (!_names.TryGetValue(id, out string? name))
        {
            if (_names.Count >= MostClusters)
            {
                _names.Clear();
            }

            name = ClusterName.FromResourceId(id);
            _names.Add(id, name);
        }

        _lastId = resourceId.ToArray();
        _lastName = name;
        return name;
    }
}

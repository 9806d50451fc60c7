using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Crowsnest.Azure.Storage;

namespace Crowsnest.LocalHost.Tests.Upgrade;

/// <summary>All tables and blobs of an account as files, so that what one version stored can be given to a later one.</summary>
internal static class StoredState
{
    private const string Tables = "tables.json";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };
    private static readonly string[] Containers = [StorageNames.ModelsContainer, StorageNames.ArchiveContainer];

    internal static async Task SaveAsync(StorageClients storage, string folder, CancellationToken cancellationToken)
    {
        JsonObject tables = [];
        await foreach (Azure.Data.Tables.Models.TableItem table in storage.Tables.QueryAsync(cancellationToken: cancellationToken))
        {
            JsonArray rows = [];
            await foreach (TableEntity row in storage.Tables.GetTableClient(table.Name)
                .QueryAsync<TableEntity>(cancellationToken: cancellationToken))
            {
                JsonObject values = [];
                foreach ((string name, object value) in row.Where(static one => one.Key is not ("odata.etag" or "Timestamp"))
                    .OrderBy(static one => one.Key, StringComparer.Ordinal))
                {
                    values[name] = Write(value);
                }

                rows.Add(values);
            }

            tables[table.Name] = rows;
        }

        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, Tables), tables.ToJsonString(Readable) + "\n", cancellationToken);
        foreach (string container in Containers)
        {
            BlobContainerClient client = storage.Blobs.GetBlobContainerClient(container);
            await foreach (BlobItem blob in client.GetBlobsAsync(BlobTraits.Metadata, cancellationToken: cancellationToken))
            {
                string path = Path.Combine(folder, container, blob.Name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await client.GetBlobClient(blob.Name).DownloadToAsync(path, cancellationToken);
            }
        }
    }

    internal static async Task LoadAsync(StorageClients storage, string folder, CancellationToken cancellationToken)
    {
        JsonObject tables = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, Tables), cancellationToken))!.AsObject();
        foreach ((string table, JsonNode? rows) in tables)
        {
            TableClient client = storage.Tables.GetTableClient(table);
            await client.CreateIfNotExistsAsync(cancellationToken);
            foreach (JsonNode? row in rows!.AsArray())
            {
                TableEntity entity = [];
                foreach ((string name, JsonNode? value) in row!.AsObject())
                {
                    entity[name] = Read(value!.GetValue<string>());
                }

                await client.AddEntityAsync(entity, cancellationToken);
            }
        }

        foreach (string container in Containers)
        {
            BlobContainerClient client = storage.Blobs.GetBlobContainerClient(container);
            await client.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            string root = Path.Combine(folder, container);
            foreach (string file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
            {
                string name = Path.GetRelativePath(root, file).Replace('\\', '/');
                await client.GetBlobClient(name).UploadAsync(file, overwrite: true, cancellationToken);
            }
        }
    }

    // The type stands before the value.
    private static string Write(object value) => value switch
    {
        byte[] bytes => $"binary {Convert.ToBase64String(bytes)}",
        DateTimeOffset time => $"time {time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}",
        int number => string.Create(CultureInfo.InvariantCulture, $"int {number}"),
        long number => string.Create(CultureInfo.InvariantCulture, $"long {number}"),
        double number => string.Create(CultureInfo.InvariantCulture, $"double {number:R}"),
        bool flag => $"bool {flag}",
        string text => $"text {text}",
        _ => throw new NotSupportedException(value.GetType().Name),
    };

    private static object Read(string text)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        string value = text[(space + 1)..];
        return text[..space] switch
        {
            "binary" => Convert.FromBase64String(value),
            "time" => DateTimeOffset.Parse(value, CultureInfo.InvariantCulture),
            "int" => int.Parse(value, CultureInfo.InvariantCulture),
            "long" => long.Parse(value, CultureInfo.InvariantCulture),
            "double" => double.Parse(value, CultureInfo.InvariantCulture),
            "bool" => bool.Parse(value),
            _ => value,
        };
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Alerting;

/// <summary>
/// Writes an incident as a STIX 2.1 bundle for threat intelligence platforms: the incident, its accounts and addresses, what was observed
/// of them, and its ATT&amp;CK techniques. Ids follow from what they stand for, so that the same written twice is the same
/// (https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html).
/// </summary>
public static partial class StixRenderer
{
    // Names of any script as they are.
    private static readonly Texts Canonical = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    // The namespace that the standard gives for the ids of observables.
    private static readonly Guid Observables = new("00abedb4-aa42-466c-9c01-fed23315a9b7");

    // That of everything else; chosen once.
    private static readonly Guid Ours = new("6f4e1c52-9a37-4d0b-8a55-2f7c61e0b1d3");

    // When these ids came to be: an identity needs a time, and not one that changes.
    private const string Begun = "2026-11-27T00:00:00.000Z";

    /// <summary>The bundle as JSON.</summary>
    /// <param name="incident">The incident with its findings.</param>
    public static string Render(Incident incident)
    {
        string author = Id("identity", Ours, "Crowsnest");
        List<JsonObject> objects = [Object("identity", author, Begun, Begun)];
        objects[0]["name"] = "Crowsnest";
        objects[0]["identity_class"] = "system";
        List<JsonObject> observables = [.. AccountsOf(incident), .. AddressesOf(incident)];
        JsonObject observed = Created("observed-data", "seen", incident, author);
        observed["first_observed"] = Time(incident.From);
        observed["last_observed"] = Time(incident.To);
        observed["number_observed"] = Math.Clamp(incident.Detections.Count, 1, 999_999_999);
        observed["object_refs"] = References(observables);
        List<JsonObject> patterns = [.. incident.Detections.SelectMany(static d => d.Techniques).Distinct().Select(PatternOf)];
        JsonObject told = Created("incident", "incident", incident, author);
        told["name"] = SafeText.OneLine(incident.Title);
        told["description"] = SafeText.OneLine(
            $"{incident.Severity} in {incident.Cluster}: {incident.Lead.What}, on {incident.Lead.OnWhat}, {incident.Lead.GoingWhere}");
        told["labels"] = new JsonArray([.. incident.Tactics.Select(static tactic => (JsonNode)tactic)]);
        objects.AddRange([told, .. observables, observed, .. patterns]);
        objects.AddRange([.. patterns.Append(observed).Select(other => Relation(told, other, incident, author))]);
        return new JsonObject
        {
            ["type"] = "bundle",
            ["id"] = Id("bundle", Ours, incident.Cluster + "\n" + incident.Id),
            ["objects"] = new JsonArray([.. objects]),
        }.ToJsonString();
    }

    private static IEnumerable<JsonObject> AccountsOf(Incident incident) => incident.Detections
        .Select(static d => d.Principal).Where(static name => name.Length > 0).Distinct().Select(static name =>
        {
            string user = JsonSerializer.Serialize(name, Canonical.String);
            JsonObject account = Observable("user-account", $"{{\"account_type\":\"kubernetes\",\"user_id\":{user}}}");
            account["user_id"] = name;
            account["account_type"] = "kubernetes";
            account["is_service_account"] = name.StartsWith(PrincipalClassifier.ServiceAccountPrefix, StringComparison.Ordinal);
            return account;
        });

    private static IEnumerable<JsonObject> AddressesOf(Incident incident)
    {
        foreach (string text in incident.Detections.Select(static d => d.SourceIp).Distinct())
        {
            if (IPAddress.TryParse(text, out IPAddress? address))
            {
                JsonObject seen = Observable(
                    address.AddressFamily == AddressFamily.InterNetworkV6 ? "ipv6-addr" : "ipv4-addr", $"{{\"value\":\"{address}\"}}");
                seen["value"] = address.ToString();
                yield return seen;
            }
        }
    }

    private static JsonObject PatternOf(string technique)
    {
        JsonObject pattern = Object("attack-pattern", Id("attack-pattern", Ours, technique), Begun, Begun);
        pattern["name"] = AttackCatalogue.Name(technique) ?? technique;
        pattern["external_references"] = new JsonArray(new JsonObject { ["source_name"] = "mitre-attack", ["external_id"] = technique });
        return pattern;
    }

    private static JsonObject Relation(JsonObject from, JsonObject to, Incident incident, string author)
    {
        JsonObject relation = Created("relationship", $"{from["id"]}\n{to["id"]}", incident, author);
        relation["relationship_type"] = "related-to";
        relation["source_ref"] = (string?)from["id"];
        relation["target_ref"] = (string?)to["id"];
        return relation;
    }

    private static JsonObject Created(string type, string what, Incident incident, string author)
    {
        JsonObject made = Object(
            type, Id(type, Ours, $"{incident.Cluster}\n{incident.Id}\n{what}"), Time(incident.From), Time(incident.To));
        made["created_by_ref"] = author;
        return made;
    }

    private static JsonObject Object(string type, string id, string created, string modified) => new()
    {
        ["type"] = type,
        ["spec_version"] = "2.1",
        ["id"] = id,
        ["created"] = created,
        ["modified"] = modified,
    };

    // The id of an observable follows from its contributing properties, written canonically (RFC 8785).
    private static JsonObject Observable(string type, string properties) =>
        new() { ["type"] = type, ["spec_version"] = "2.1", ["id"] = Id(type, Observables, properties) };

    private static JsonArray References(IEnumerable<JsonObject> objects) =>
        [.. objects.Select(static one => JsonValue.Create((string)one["id"]!))];

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // A UUID of version 5 (RFC 9562), as the standard asks for; nothing is kept secret by its hash.
#pragma warning disable CA5350
    private static string Id(string type, Guid space, string name)
    {
        byte[] hash = SHA1.HashData([.. space.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)]);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return $"{type}--{new Guid(hash.AsSpan(0, 16), bigEndian: true)}";
    }
#pragma warning restore CA5350

    [JsonSerializable(typeof(string))]
    private sealed partial class Texts : JsonSerializerContext;
}

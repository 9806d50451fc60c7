using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>What a write brings into the configuration of an ingress controller, which is text made from annotations.</summary>
/// <param name="Snippets">Names of annotations and settings that carry configuration as it is.</param>
/// <param name="Injections">Names of those that read credentials, run code, or end the directive into which they are put.</param>
internal sealed record IngressView(IReadOnlyList<string> Snippets, IReadOnlyList<string> Injections)
{
    private static readonly IngressView None = new([], []);

    // Domains of annotations from which nginx controllers write their configuration. The prefix can be set
    // (--annotations-prefix), so that what is unmistakable counts under any.
    private static readonly string[] Domains = ["ingress.kubernetes.io", "nginx.org", "nginx.com"];

    // Annotations of other programs hold whole objects.
    private static readonly string[] OtherDomains =
        ["kubectl.kubernetes.io", "alb.ingress.kubernetes.io", "traefik.ingress.kubernetes.io"];

    // HAProxy's names for the same: https://haproxy-ingress.github.io/docs/configuration/keys/#configuration-snippet
    private static readonly string[] HaProxySnippets =
        ["config-backend", "config-frontend", "config-global", "config-defaults", "config-proxy", "config-sections", "config-tcp"];

    internal static IngressView Of(EventView view)
    {
        AuditEvent audit = view.Event;
        if (!FieldScope.Ingress.Covers(audit) || !MayHold(audit))
        {
            return None;
        }

        List<string> snippets = [];
        List<string> injections = [];
        if (audit.ObjectRef.Resource == "configmaps")
        {
            AddSettings(view.Request.Member("data"), snippets, injections);
        }
        else
        {
            AddAnnotations(view.Request.Member("metadata").Member("annotations"), snippets, injections);
            AddRoutes(view.Request.Member("spec"), snippets, injections);
        }

        return snippets.Count + injections.Count == 0 ? None : new IngressView(snippets, injections);
    }

    // Leader elections and operators write config maps all day: only those with such a setting are parsed.
    private static bool MayHold(AuditEvent audit) => audit.ObjectRef.Resource != "configmaps"
        || audit.RequestObject.Span.IndexOf("snippet"u8) >= 0 || audit.RequestObject.Span.IndexOf("\\u"u8) >= 0;

    private static void AddAnnotations(JsonElement annotations, List<string> snippets, List<string> injections)
    {
        if (annotations.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty annotation in annotations.EnumerateObject())
        {
            int slash = annotation.Name.IndexOf('/', StringComparison.Ordinal);
            string domain = slash < 0 ? "" : annotation.Name[..slash];
            string name = annotation.Name[(slash + 1)..];
            if (annotation.Value.ValueKind != JsonValueKind.String || Array.IndexOf(OtherDomains, domain) >= 0)
            {
                continue;
            }

            string value = annotation.Value.GetString()!;
            bool isOurs = Array.Exists(Domains, known =>
                domain.EndsWith(known, StringComparison.Ordinal) && (domain.Length == known.Length || domain[^(known.Length + 1)] == '.'));
            Add(name, value, isOurs, snippets, injections);
        }
    }

    private static void Add(string name, string value, bool isOurs, List<string> snippets, List<string> injections)
    {
        bool isSnippet = IsSnippet(name);
        if (isSnippet && value.Length > 0)
        {
            snippets.Add(name);
        }

        bool isInjected = isSnippet ? NginxText.IsHostile(value)
            : isOurs ? NginxText.LeavesDirective(name, value)
            : NginxText.IsHostile(value) && NginxText.LeavesDirective(name, value);
        if (isInjected)
        {
            injections.Add(name);
        }
    }

    private static bool IsSnippet(string name) => name.EndsWith("-snippet", StringComparison.Ordinal)
        || name.EndsWith("-snippets", StringComparison.Ordinal) || Array.IndexOf(HaProxySnippets, name) >= 0;

    private static void AddSettings(JsonElement data, List<string> snippets, List<string> injections)
    {
        if (data.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty setting in data.EnumerateObject().Where(static setting => setting.Value.ValueKind == JsonValueKind.String))
        {
            if (IsSnippet(setting.Name))
            {
                Add(setting.Name, setting.Value.GetString()!, isOurs: true, snippets, injections);
            }
        }
    }

    // The paths of an Ingress become locations; a VirtualServer has snippets as fields, on every level.
    private static void AddRoutes(JsonElement spec, List<string> snippets, List<string> injections)
    {
        foreach (JsonElement rule in spec.Items("rules"))
        {
            foreach (JsonElement path in rule.Member("http").Items("paths"))
            {
                if (NginxText.LeavesDirective("path", path.Text("path")))
                {
                    injections.Add("path");
                }
            }
        }

        AddFields(spec, snippets, injections);
        foreach (JsonElement route in spec.Items("routes").Concat(spec.Items("subroutes")))
        {
            AddFields(route, snippets, injections);
        }
    }

    private static void AddFields(JsonElement parent, List<string> snippets, List<string> injections)
    {
        if (parent.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty field in parent.EnumerateObject()
            .Where(static field => field.Value.ValueKind == JsonValueKind.String && IsSnippet(field.Name)))
        {
            Add(field.Name, field.Value.GetString()!, isOurs: true, snippets, injections);
        }
    }
}

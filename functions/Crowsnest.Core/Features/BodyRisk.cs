using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Features;

/// <summary>Numbers read from request bodies: how far a pod reaches into its node, how much power a role grants.</summary>
internal static class BodyRisk
{
    /// <summary>True when any of these numbers may come from the event's body.</summary>
    internal static bool IsRead(AuditEvent audit) =>
        audit.IsWrite && !audit.RequestObject.IsEmpty && (PodSpecs.MayCarry(audit) || GrantsPower(audit));

    /// <summary>log2 of one plus the weighed ways in which a pod specification reaches into its node; 0 when none.</summary>
    internal static float Pod(EventView view)
    {
        double risk = 0;
        foreach (JsonElement spec in PodSpecs.Of(view))
        {
            risk += IsTrue(spec, "hostPID") + IsTrue(spec, "hostIPC") + IsTrue(spec, "hostNetwork");
            foreach (JsonElement volume in Items(spec, "volumes"))
            {
                if (volume.TryGetProperty("hostPath", out JsonElement host))
                {
                    string path = Text(host, "path");
                    risk += path is "/" || path.StartsWith("/etc", StringComparison.Ordinal)
                        || path.EndsWith(".sock", StringComparison.Ordinal) ? 2 : 1;
                }
            }
        }

        foreach (JsonElement list in PodSpecs.Containers(view))
        {
            foreach (JsonElement container in Elements(list))
            {
                if (container.TryGetProperty("securityContext", out JsonElement context)
                    && context.ValueKind == JsonValueKind.Object)
                {
                    risk += 2 * IsTrue(context, "privileged");
                    risk += context.TryGetProperty("capabilities", out JsonElement capabilities)
                        ? 0.5 * Items(capabilities, "add").Count() : 0;
                }
            }
        }

        return (float)Math.Log2(1 + risk);
    }

    /// <summary>How much a role or binding in the body grants, 0 to about 5.</summary>
    internal static float Rbac(EventView view)
    {
        if (!GrantsPower(view.Event))
        {
            return 0;
        }

        float power = 0;
        JsonElement body = view.Request;
        foreach (JsonElement rule in Items(body, "rules"))
        {
            power += Has(rule, "verbs", "*") + Has(rule, "resources", "*");
            power += Has(rule, "verbs", "escalate") + Has(rule, "verbs", "bind") + Has(rule, "verbs", "impersonate");
            power += 0.5f * (Has(rule, "resources", "secrets") + Has(rule, "resources", "pods/exec"));
        }

        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("roleRef", out JsonElement role))
        {
            power += Text(role, "name") == "cluster-admin" ? 3 : 0;
        }

        foreach (JsonElement subject in Items(body, "subjects"))
        {
            power += Text(subject, "name") is "system:anonymous" or "system:unauthenticated" or "system:authenticated" ? 2 : 0;
        }

        return Math.Min(5, power);
    }

    /// <summary>The registry of the first image in the pod specification, or empty.</summary>
    internal static string Registry(EventView view)
    {
        foreach (JsonElement list in PodSpecs.Containers(view))
        {
            foreach (JsonElement container in Elements(list))
            {
                if (Text(container, "image") is { Length: > 0 } image)
                {
                    return TraitText.Registry(image);
                }
            }
        }

        return "";
    }

    private static bool GrantsPower(AuditEvent audit) =>
        audit.ObjectRef.Resource is "roles" or "clusterroles" or "rolebindings" or "clusterrolebindings";

    private static int IsTrue(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.True ? 1 : 0;

    private static float Has(JsonElement parent, string list, string wanted) =>
        Items(parent, list).Any(item => item.ValueKind == JsonValueKind.String && item.ValueEquals(wanted)) ? 1 : 0;

    private static string Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement list)
            ? Elements(list)
            : default;

    private static JsonElement.ArrayEnumerator Elements(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
}

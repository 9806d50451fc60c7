using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Features;

/// <summary>Numbers read from request bodies: how far a pod reaches into its node, how much power a role grants.</summary>
internal static class BodyRisk
{
    /// <summary>True when any of these numbers may come from the event's body.</summary>
    internal static bool IsRead(AuditEvent audit) =>
        !audit.RequestObject.IsEmpty && (PodSpecView.MayCarry(audit) || GrantView.MayCarry(audit));

    /// <summary>log2 of one plus the weighed ways in which a pod specification reaches into its node; 0 when none.</summary>
    internal static float Pod(EventView view)
    {
        double risk = 0;
        foreach (JsonElement spec in view.PodSpec.Specs)
        {
            risk += One(spec, "hostPID") + One(spec, "hostIPC") + One(spec, "hostNetwork");
            foreach (JsonElement volume in spec.Items("volumes"))
            {
                if (volume.Member("hostPath") is { ValueKind: JsonValueKind.Object } host)
                {
                    string path = host.Text("path");
                    risk += path is "/" || path.StartsWith("/etc", StringComparison.Ordinal)
                        || path.EndsWith(".sock", StringComparison.Ordinal) ? 2 : 1;
                }
            }
        }

        foreach (JsonElement container in view.PodSpec.Containers)
        {
            JsonElement context = container.Member("securityContext");
            risk += (2 * One(context, "privileged")) + (0.5 * context.Member("capabilities").Items("add").Count());
        }

        return (float)Math.Log2(1 + risk);
    }

    /// <summary>How much a role or binding in the body grants, 0 to about 5.</summary>
    internal static float Rbac(EventView view)
    {
        if (!GrantView.MayCarry(view.Event))
        {
            return 0;
        }

        float power = view.Grant.Role == "cluster-admin" ? 3 : 0;
        foreach (string granted in view.Grant.Powers)
        {
            power += granted switch
            {
                "wildcard-verbs" or "wildcard-resources" or "escalate" or "bind" or "impersonate" => 1,
                "secrets-read" or "pods-exec" => 0.5f,
                _ => 0,
            };
        }

        foreach (JsonElement subject in view.Grant.Subjects)
        {
            power += subject.Text("name") is "system:anonymous" or "system:unauthenticated" or "system:authenticated" ? 2 : 0;
        }

        return Math.Min(5, power);
    }

    /// <summary>The registry of the first image in the pod specification, or empty.</summary>
    internal static string Registry(EventView view)
    {
        foreach (JsonElement container in view.PodSpec.Containers)
        {
            if (container.Text("image") is { Length: > 0 } image)
            {
                return ImageRegistry.Of(image);
            }
        }

        return "";
    }

    private static int One(JsonElement parent, string name) => parent.IsTrue(name) ? 1 : 0;
}

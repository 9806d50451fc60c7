using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Judging;

/// <summary>
/// What ties one identity's acts to another's: an account that is created, a token that is minted, power that is granted,
/// a certificate that is asked for, a pod that is entered. Whoever uses it later goes on with what was begun.
/// </summary>
internal static class CausalEntities
{
    // A binding may name as many decoys as fit into a request; each opened identity is a row.
    private const int MostOpened = 100;

    private const string ServiceAccountPrefix = "system:serviceaccount:";

    /// <summary>The user names and pods that a request which succeeded opened a way into.</summary>
    internal static IEnumerable<string> OpenedBy(EventView view)
    {
        AuditEvent audit = view.Event;
        if (audit.ResponseCode >= 400 || audit.Verb is "delete" or "deletecollection" or "list" or "watch" || view.IsDryRun)
        {
            return [];
        }

        ObjectRef target = audit.ObjectRef;
        return (target.Resource, target.Subresource) switch
        {
            ("serviceaccounts", "token") when audit.IsWrite => [ServiceAccount(target.Namespace, target.Name)],
            ("serviceaccounts", "") when audit.Verb == "create" && Name(view).Length > 0 => [ServiceAccount(target.Namespace, Name(view))],
            ("rolebindings" or "clusterrolebindings", "") when audit.IsWrite => Subjects(view).Distinct().Take(MostOpened),
            ("certificatesigningrequests", "") when audit.IsWrite && view.SigningRequest.CommonName.Length > 0 =>
                [view.SigningRequest.CommonName],
            ("secrets", "") when audit.Verb == "create" && TokenOf(view) is { Length: > 0 } account =>
                [ServiceAccount(target.Namespace, account)],
            ("pods", "exec" or "attach" or "ephemeralcontainers") => [Pod(target.Namespace, target.Name)],
            ("pods", "") when audit.Verb == "create" && Name(view).Length > 0 => [Pod(target.Namespace, Name(view))],
            _ => [],
        };
    }

    /// <summary>The pod whose token was used, if the server says so.</summary>
    internal static IEnumerable<string> UsedBy(AuditEvent audit) =>
        audit.User.PodName.Length > 0 && audit.Principal.Split(':') is ["system", "serviceaccount", string ns, _]
            ? [Pod(ns, audit.User.PodName)] : [];

    private static string ServiceAccount(string ns, string name) => $"{ServiceAccountPrefix}{ns}:{name}";

    private static string Pod(string ns, string name) => $"pod:{ns}/{name}";

    private static IEnumerable<string> Subjects(EventView view)
    {
        foreach (JsonElement subject in view.Grant.Subjects)
        {
            string name = subject.Text("name");
            string ns = subject.Text("namespace");
            switch (subject.Text("kind"))
            {
                case "ServiceAccount" when name.Length > 0:
                    yield return ServiceAccount(ns.Length > 0 ? ns : view.Event.ObjectRef.Namespace, name);
                    break;
                case "User" when name.Length > 0:
                    yield return name;
                    break;
            }
        }
    }

    // Names that the server generates stand in the answer only.
    private static string Name(EventView view) => view.Event.ObjectRef.Name is { Length: > 0 } name ? name
        : view.Response.Member("metadata").Text("name") is { Length: > 0 } generated ? generated
        : view.Request.Member("metadata").Text("name");

    private static string TokenOf(EventView view) =>
        view.Request.Member("metadata").Member("annotations").Text("kubernetes.io/service-account.name");
}

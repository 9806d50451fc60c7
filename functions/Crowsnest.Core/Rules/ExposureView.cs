using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>One view of what a write opens to the outside: services and ingresses.</summary>
/// <param name="Ways">LoadBalancer, NodePort, ExternalIPs, Ingress, IngressWithoutTls.</param>
/// <param name="Ports">Ports as text: of the service, of its targets, of the backends.</param>
/// <param name="Names">Names that tell what is behind: of the object, its namespace, labels, selector, backends.</param>
/// <param name="IsInternal">True for a load balancer with an address of the virtual network only.</param>
internal sealed record ExposureView(
    IReadOnlyList<string> Ways,
    IReadOnlyList<string> Ports,
    IReadOnlyList<string> Names,
    bool IsInternal)
{
    private const string InternalOnAzure = "service.beta.kubernetes.io/azure-load-balancer-internal";

    private static readonly ExposureView None = new([], [], [], false);

    internal static ExposureView Of(EventView view)
    {
        AuditEvent audit = view.Event;
        if (!FieldScope.Exposure.Covers(audit))
        {
            return None;
        }

        return audit.ObjectRef.Resource switch
        {
            "services" => OfService(audit, view.Request),
            "ingresses" => OfIngress(audit, view.Request),
            _ => None,
        };
    }

    private static ExposureView OfService(AuditEvent audit, JsonElement body)
    {
        JsonElement spec = body.Member("spec");
        List<string> ways = [];
        if (spec.Text("type") is "LoadBalancer" or "NodePort")
        {
            ways.Add(spec.Text("type"));
        }

        if (spec.Items("externalIPs").Any())
        {
            ways.Add("ExternalIPs");
        }

        if (ways.Count == 0)
        {
            return None;
        }

        List<string> ports = [];
        foreach (JsonElement port in spec.Items("ports"))
        {
            ports.Add(port.Member("port").ToString());
            ports.Add(port.Member("targetPort").ToString());
        }

        JsonElement metadata = body.Member("metadata");
        List<string> names = [audit.ObjectRef.Name, audit.ObjectRef.Namespace];
        AddTexts(metadata.Member("labels"), names);
        AddTexts(spec.Member("selector"), names);
        return new ExposureView(ways, ports, names, metadata.Member("annotations").Text(InternalOnAzure) == "true");
    }

    private static ExposureView OfIngress(AuditEvent audit, JsonElement body)
    {
        JsonElement spec = body.Member("spec");
        if (spec.ValueKind != JsonValueKind.Object)
        {
            return None;
        }

        List<string> names = [audit.ObjectRef.Name, audit.ObjectRef.Namespace];
        List<string> ports = [];
        AddBackend(spec.Member("defaultBackend"), names, ports);
        foreach (JsonElement rule in spec.Items("rules"))
        {
            foreach (JsonElement path in rule.Member("http").Items("paths"))
            {
                AddBackend(path.Member("backend"), names, ports);
            }
        }

        // A patch need not repeat the certificate.
        bool whole = audit.Verb != "patch";
        List<string> ways = whole && !spec.Items("tls").Any() ? ["Ingress", "IngressWithoutTls"] : ["Ingress"];
        return new ExposureView(ways, ports, names, IsInternal: false);
    }

    private static void AddBackend(JsonElement backend, List<string> names, List<string> ports)
    {
        JsonElement service = backend.Member("service");
        if (service.ValueKind == JsonValueKind.Object)
        {
            names.Add(service.Text("name"));
            ports.Add(service.Member("port").Member("number").ToString());
        }
    }

    private static void AddTexts(JsonElement map, List<string> names)
    {
        if (map.ValueKind == JsonValueKind.Object)
        {
            names.AddRange(map.EnumerateObject().Where(static pair => pair.Value.ValueKind == JsonValueKind.String)
                .Select(static pair => pair.Value.GetString()!));
        }
    }
}

using System.Collections.Frozen;
using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Pod specifications inside objects of well-known operators, whose controllers make the pods: workflows, pipelines, services,
/// training jobs. Each kind keeps them elsewhere, so all that looks like one is taken, wherever it stands.
/// </summary>
internal static class CustomPodSpecs
{
    // None of these kinds keeps a container deeper; what lies deeper is what the API server drops or nobody runs.
    private const int Deepest = 64;

    // Whoever sends more gets the body state "unfollowed".
    private const int MostParts = 20_000;

    // What runs once. Its controller writes progress into the object itself, specification and all.
    private static readonly FrozenSet<string> Runs = FrozenSet.ToFrozenSet(
    [
        "argoproj.io/workflows", "argoproj.io/analysisruns", "argoproj.io/experiments", "argoproj.io/rollouts", "tekton.dev/taskruns",
        "tekton.dev/pipelineruns", "tekton.dev/customruns", "tekton.dev/runs", "sparkoperator.k8s.io/sparkapplications",
        "batch.volcano.sh/jobs", "ray.io/rayjobs", "ray.io/rayclusters", "jobset.x-k8s.io/jobsets", "flink.apache.org/flinkdeployments",
        "actions.github.com/ephemeralrunners",
    ]);

    private static readonly FrozenSet<string> Kinds = Runs.Concat(
    [
        "argoproj.io/cronworkflows", "argoproj.io/workflowtemplates", "argoproj.io/clusterworkflowtemplates", "argoproj.io/sensors",
        "argoproj.io/eventsources", "argoproj.io/analysistemplates", "argoproj.io/clusteranalysistemplates",
        "tekton.dev/tasks", "tekton.dev/clustertasks", "tekton.dev/pipelines", "tekton.dev/stepactions",
        "triggers.tekton.dev/triggertemplates", "triggers.tekton.dev/eventlisteners",
        "serving.knative.dev/services", "serving.knative.dev/configurations", "serving.knative.dev/revisions",
        "sources.knative.dev/containersources",
        "sparkoperator.k8s.io/scheduledsparkapplications", "flow.volcano.sh/jobtemplates",
        "kubeflow.org/tfjobs", "kubeflow.org/pytorchjobs", "kubeflow.org/mpijobs", "kubeflow.org/xgboostjobs",
        "kubeflow.org/paddlejobs",
        "kubeflow.org/mxjobs", "kubeflow.org/jaxjobs", "kubeflow.org/notebooks", "trainer.kubeflow.org/trainjobs",
        "trainer.kubeflow.org/trainingruntimes", "trainer.kubeflow.org/clustertrainingruntimes",
        "serving.kserve.io/inferenceservices", "serving.kserve.io/servingruntimes", "serving.kserve.io/clusterservingruntimes",
        "machinelearning.seldon.io/seldondeployments", "ray.io/rayservices", "keda.sh/scaledjobs",
        "apps.kruise.io/clonesets", "apps.kruise.io/statefulsets", "apps.kruise.io/daemonsets", "apps.kruise.io/broadcastjobs",
        "apps.kruise.io/advancedcronjobs", "apps.kruise.io/sidecarsets", "leaderworkerset.x-k8s.io/leaderworkersets",
        "apps.openshift.io/deploymentconfigs", "build.openshift.io/buildconfigs", "build.openshift.io/builds",
        "operators.coreos.com/clusterserviceversions", "agones.dev/fleets", "agones.dev/gameservers",
        "actions.github.com/autoscalingrunnersets", "actions.summerwind.dev/runnerdeployments", "actions.summerwind.dev/runnersets",
        "actions.summerwind.dev/runners", "k6.io/testruns",
        "kubernetes.crossplane.io/objects", "work.open-cluster-management.io/manifestworks",
    ]).ToFrozenSet();

    // Names under which a container stands, alone or in a list.
    private static readonly FrozenSet<string> ContainerNames = FrozenSet.ToFrozenSet(
    [
        "container", "containers", "initContainers", "ephemeralContainers", "script", "sidecars", "steps", "stepTemplate",
        "driver", "executor",
    ]);

    private static readonly string[] ContainerMarks = ["image", "command", "args", "securityContext", "source"];

    private static readonly string[] SpecMarks =
    [
        "containers", "container", "volumes", "hostNetwork", "hostPID", "hostIPC", "nodeName", "serviceAccountName", "securityContext",
        "steps",
    ];

    // Kubernetes' own kinds of the same names, which hold a pod specification themselves.
    private static readonly FrozenSet<string> SharedNames = FrozenSet.ToFrozenSet(["jobs", "statefulsets", "daemonsets"]);

    /// <summary>The kinds as group and name.</summary>
    internal static IReadOnlyCollection<string> Named => Kinds;

    /// <summary>The names of the resources, of which some are Kubernetes' own in another group.</summary>
    internal static FrozenSet<string> Resources { get; } = Kinds.Select(static kind => kind.Split('/')[1]).ToFrozenSet();

    /// <summary>True when the event is about an object of one of these kinds.</summary>
    internal static bool Has(ObjectRef target) =>
        Resources.Contains(target.Resource) && Kinds.Contains($"{target.ApiGroup}/{target.Resource}");

    /// <summary>True when only these operators' kinds of that name hold pod specifications, as with services.</summary>
    internal static bool IsOnly(string resource) => Resources.Contains(resource) && !SharedNames.Contains(resource);

    internal static PodSpecView Of(EventView view)
    {
        JsonElement body = view.Request;
        List<JsonElement> specs = [];
        List<JsonElement> containers = [];
        int left = MostParts;
        if (!IsProgress(view))
        {
            Walk(body, "", 0, ref left, specs, containers);
        }

        return new PodSpecView(specs, containers, IsUnfollowed: left <= 0);
    }

    private static bool IsProgress(EventView view)
    {
        ObjectRef target = view.Event.ObjectRef;
        return view.Event.Verb != "create" && view.Request.Member("status").ValueKind == JsonValueKind.Object
            && Runs.Contains($"{target.ApiGroup}/{target.Resource}");
    }

    private static void Walk(JsonElement part, string name, int depth, ref int left, List<JsonElement> specs, List<JsonElement> containers)
    {
        if (depth > Deepest || --left <= 0)
        {
            return;
        }

        if (part.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in part.EnumerateArray())
            {
                Walk(item, name, depth + 1, ref left, specs, containers);
            }

            return;
        }

        if (part.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (ContainerNames.Contains(name) && Array.Exists(ContainerMarks, mark => part.TryGetProperty(mark, out _)))
        {
            AddContainer(part, containers);
        }
        else if (Array.Exists(SpecMarks, mark => part.TryGetProperty(mark, out _)))
        {
            specs.Add(part);
        }

        foreach (JsonProperty member in part.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String)
            {
                WalkPatch(member, depth, ref left, specs, containers);
            }
            else if (depth > 0 || member.Name is not ("metadata" or "status"))
            {
                Walk(member.Value, member.Name, depth + 1, ref left, specs, containers);
            }
        }
    }

    // Argo merges a text of YAML or JSON over the pod that it makes.
    private static void WalkPatch(JsonProperty member, int depth, ref int left, List<JsonElement> specs, List<JsonElement> containers)
    {
        if (member.Name != "podSpecPatch")
        {
            return;
        }

        if (EmbeddedYaml.Parse(member.Value.GetString()!) is { } patch)
        {
            Walk(patch, "podSpecPatch", depth + 1, ref left, specs, containers);
        }
        else
        {
            // Too long, or no YAML to us: what it sets is not known.
            left = 0;
        }
    }

    // The text of a script is what the container runs.
    private static void AddContainer(JsonElement container, List<JsonElement> containers)
    {
        containers.Add(container);
        string script = container.Text("source") is { Length: > 0 } source ? source : container.Text("script");
        if (script.Length > 0)
        {
            containers.Add(JsonSerializer.SerializeToElement(new Dictionary<string, string[]> { ["command"] = [script] }));
        }
    }
}

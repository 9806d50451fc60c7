namespace Crowsnest.Core.Tests.Rules;

/// <summary>Rules of one detection, and lists for them.</summary>
internal static class SigmaYaml
{
    internal const string Lists = "lists:\n  people: ['jane@*', joe]\n  first: [jan, jane]\n  nobody: []\n";

    internal static string Rule(string detection, string id = "0b5b5a5e-1f1a-4f6e-9d5f-7b0a4c0f2d11") =>
        $"""
        title: A rule
        id: {id}
        logsource:
          product: kubernetes
          service: audit
        detection:
          {detection}
        level: high
        """;
}

using System.Collections.Frozen;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>The known operators, by account.</summary>
public sealed class OperatorCatalogue
{
    private const string Key = "operators";

    private readonly FrozenDictionary<string, KnownOperator[]> _byAccount;

    internal OperatorCatalogue(IReadOnlyList<KnownOperator> operators)
    {
        All = operators;
        _byAccount = operators.SelectMany(static one => one.Accounts.Select(account => (account, one)))
            .GroupBy(static pair => pair.account, static pair => pair.one, StringComparer.Ordinal)
            .ToFrozenDictionary(static group => group.Key, static group => group.ToArray(), StringComparer.Ordinal);
    }

    public IReadOnlyList<KnownOperator> All { get; }

    /// <summary>Who does this by design, and what it is, or null.</summary>
    internal (KnownOperator Operator, KnownOperation Operation)? Find(AuditEvent audit)
    {
        foreach (KnownOperator one in Of(audit.Principal))
        {
            if (one.Covers(audit) is { } operation)
            {
                return (one, operation);
            }
        }

        return null;
    }

    /// <summary>Those that install the account.</summary>
    internal ReadOnlySpan<KnownOperator> Of(string account) => _byAccount.GetValueOrDefault(account);

    internal static bool Is(YamlMappingNode root) => root.Child(Key) is not null;

    /// <summary>The operators of a document.</summary>
    /// <exception cref="RuleException">One lacks what names it, or says of nothing that it does it.</exception>
    internal static IEnumerable<KnownOperator> Read(YamlMappingNode root) =>
        root.Child(Key) is YamlSequenceNode list ? list.Children.Select(ReadOne)
            : throw new RuleException("operators are a list", root.Start.Line);

    private static KnownOperator ReadOne(YamlNode node)
    {
        YamlMappingNode map = MapOf(node);
        KnownOperator read = new(
            map.Text("name"),
            map.Text("source"),
            map.Texts("accounts"),
            map.Texts("clients"),
            map.Child("does") is YamlSequenceNode does ? [.. does.Children.Select(ReadOperation)] : []);
        bool isWhole = read is { Name.Length: > 0, Accounts.Count: > 0, Clients.Count: > 0, Does.Count: > 0 }
            && !read.Accounts.Concat(read.Clients).Any(static text => text.Length == 0 || text.Contains('*', StringComparison.Ordinal));
        return isWhole ? read
            : throw new RuleException("an operator has a name, whole accounts, clients, and what it does", node.Start.Line);
    }

    private static KnownOperation ReadOperation(YamlNode node)
    {
        YamlMappingNode map = MapOf(node);
        string most = map.Text("most") is { Length: > 0 } named ? named : nameof(Severity.High);
        string scope = map.Text("namespace");
        KnownOperation read = new(
            map.Texts("verbs").ToFrozenSet(StringComparer.Ordinal),
            map.Texts("resources").ToFrozenSet(StringComparer.Ordinal),
            scope == "own",
            Enum.TryParse(most, ignoreCase: true, out Severity severity) && severity <= Severity.High ? severity
                : throw new RuleException($"most is a level up to high, not '{most}'", node.Start.Line));
        return read.Verbs.Count > 0 && read.Resources.Count > 0 && scope is "" or "own" ? read
            : throw new RuleException("what an operator does has verbs and resources, and its namespace is 'own' or any", node.Start.Line);
    }

    private static YamlMappingNode MapOf(YamlNode node) =>
        node as YamlMappingNode ?? throw new RuleException("a mapping is expected here", node.Start.Line);
}

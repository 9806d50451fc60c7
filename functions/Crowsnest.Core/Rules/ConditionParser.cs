namespace Crowsnest.Core.Rules;

/// <summary>Parses a Sigma condition: identifiers, <c>1 of</c>, <c>all of</c>, <c>not</c>, <c>and</c>, <c>or</c>, parentheses.</summary>
internal sealed class ConditionParser
{
    private const int DeepestNesting = 100;

    private readonly List<string> _tokens;
    private readonly IReadOnlyDictionary<string, Matcher> _identifiers;
    private int _position;
    private int _depth;

    private ConditionParser(string condition, IReadOnlyDictionary<string, Matcher> identifiers)
    {
        _tokens = [.. condition.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal)
            .Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)];
        _identifiers = identifiers;
    }

    internal static Matcher Parse(string condition, IReadOnlyDictionary<string, Matcher> identifiers)
    {
        ConditionParser parser = new(condition, identifiers);
        Matcher matcher = parser.Or();
        return parser._position == parser._tokens.Count
            ? matcher
            : throw new RuleException($"unexpected '{parser._tokens[parser._position]}' in the condition '{condition}'");
    }

    private Matcher Or()
    {
        List<Matcher> parts = [And()];
        while (Take("or"))
        {
            parts.Add(And());
        }

        return parts.Count == 1 ? parts[0] : new AnyMatcher(parts);
    }

    private Matcher And()
    {
        List<Matcher> parts = [Not()];
        while (Take("and"))
        {
            parts.Add(Not());
        }

        return parts.Count == 1 ? parts[0] : new AllMatcher(parts);
    }

    private Matcher Not()
    {
        if (++_depth > DeepestNesting)
        {
            throw new RuleException($"the condition nests deeper than {DeepestNesting}");
        }

        Matcher matcher = Take("not") ? new NotMatcher(Not()) : Primary();
        _depth--;
        return matcher;
    }

    private Matcher Primary()
    {
        if (_position == _tokens.Count)
        {
            throw new RuleException("the condition ends too early");
        }

        if (Take("("))
        {
            Matcher inner = Or();
            return Take(")") ? inner : throw new RuleException("a ')' is missing in the condition");
        }

        string token = _tokens[_position++];
        bool quantified = _position < _tokens.Count && Is(_tokens[_position], "of");
        if (!quantified)
        {
            return _identifiers.TryGetValue(token, out Matcher? matcher)
                ? matcher
                : throw new RuleException($"the condition names '{token}', which the detection does not define");
        }

        _position++;
        List<Matcher> matchers = Named(_position < _tokens.Count ? _tokens[_position++] : "");
        return token switch
        {
            "1" or "any" => new AnyMatcher(matchers),
            "all" => new AllMatcher(matchers),
            _ => throw new RuleException($"'{token} of' is not known; '1 of' and 'all of' are"),
        };
    }

    private List<Matcher> Named(string pattern)
    {
        Func<FieldValue, bool> test = Is(pattern, "them")
            ? static name => !name.Text!.StartsWith('_')
            : ValueTest.Compile(pattern, ["cased"]);
        List<Matcher> matchers =
            [.. _identifiers.Where(pair => test(FieldValue.Of(pair.Key))).Select(static pair => pair.Value)];
        return matchers.Count > 0
            ? matchers
            : throw new RuleException($"the condition names '{pattern}', which matches nothing in the detection");
    }

    private bool Take(string word)
    {
        if (_position < _tokens.Count && Is(_tokens[_position], word))
        {
            _position++;
            return true;
        }

        return false;
    }

    private static bool Is(string token, string word) => string.Equals(token, word, StringComparison.OrdinalIgnoreCase);
}

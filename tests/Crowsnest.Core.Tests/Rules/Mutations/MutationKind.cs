namespace Crowsnest.Core.Tests.Rules.Mutations;

/// <summary>Ways to write an event that the API server reads in the same way.</summary>
internal enum MutationKind
{
    /// <summary>Members of objects in another order (RFC 8259 §4).</summary>
    Order,

    /// <summary>Characters of names and texts of the body as \u escapes (RFC 8259 §7).</summary>
    Escapes,

    /// <summary>Blanks and line ends between tokens (RFC 8259 §2).</summary>
    Blanks,

    /// <summary>Harmless values of the same names before the real ones: the last of equal names counts.</summary>
    Duplicates,

    /// <summary>Members that the schema does not know, deep ones among them: they are dropped.</summary>
    UnknownMembers,

    /// <summary>Harmless pod templates beside the real one, where the kind has none.</summary>
    DecoyTemplates,

    /// <summary>Harmless neighbours before the items of lists that are judged item by item.</summary>
    Neighbours,

    /// <summary>Long annotations on object and event.</summary>
    Padding,

    /// <summary>Percent-encoded letters in path and query (RFC 3986 §6.2.2.2), and a further parameter.</summary>
    Uri,
}

namespace Crowsnest.Core.Audit;

/// <summary>What kinds of principal there are.</summary>
public static class PrincipalClassExtensions
{
    /// <summary>True for identities that come with the cluster and not with its users.</summary>
    public static bool IsPlatform(this PrincipalClass principal) =>
        principal is PrincipalClass.SystemComponent or PrincipalClass.SystemServiceAccount or PrincipalClass.Node;
}

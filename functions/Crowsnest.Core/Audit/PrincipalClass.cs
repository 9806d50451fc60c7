namespace Crowsnest.Core.Audit;

/// <summary>What kind of identity a principal is; the peer group that the model backs off to.</summary>
public enum PrincipalClass
{
    /// <summary><c>system:anonymous</c>, or a request that failed authentication and so has no user.</summary>
    Anonymous,

    /// <summary>A person or an external automation with a user name of its own.</summary>
    Human,

    /// <summary>The shared cluster-admin certificate of <c>az aks get-credentials --admin</c>: a person, not noise.</summary>
    LocalAdmin,

    /// <summary>A service account of an application namespace.</summary>
    WorkloadServiceAccount,

    /// <summary>A service account of a namespace that the platform owns.</summary>
    SystemServiceAccount,

    /// <summary>A control-plane component.</summary>
    SystemComponent,

    /// <summary>A kubelet.</summary>
    Node,
}

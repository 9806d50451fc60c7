using Crowsnest.Azure.Storage;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Intake;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Feeds;

/// <summary>Looks whether models are still trained. There is one for all clusters: it is told once, under the default cluster.</summary>
public sealed class UntrainedModel(ModelStore models, IOptions<CrowsnestOptions> options)
{
    /// <summary>Judges.</summary>
    /// <returns>What is wrong, the same as long as it lasts; or null.</returns>
    public async Task<FeedFault?> JudgeAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        (await models.LastTryAsync(cancellationToken))?.Judge(ClusterName.Sanitize(options.Value.DefaultCluster), now);
}

using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions.Tests;

/// <summary>What a function is told of a call.</summary>
internal sealed class FakeContext : FunctionContext
{
    private readonly Dictionary<string, object?> _bindingData = [];

    internal FakeContext(string? partitionContext = null, int? retries = null)
    {
        _bindingData["PartitionContext"] = partitionContext;
        RetryContext = retries is { } count ? new FakeRetry(count) : null!;
    }

    public override string InvocationId => "tested";

    public override string FunctionId => "tested";

    public override TraceContext TraceContext => throw new NotSupportedException();

    public override BindingContext BindingContext => new FakeBinding(_bindingData);

    public override RetryContext RetryContext { get; }

    public override IServiceProvider InstanceServices { get; set; } = null!;

    public override FunctionDefinition FunctionDefinition => throw new NotSupportedException();

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features => throw new NotSupportedException();

    private sealed class FakeBinding(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class FakeRetry(int count) : RetryContext
    {
        public override int RetryCount => count;

        public override int MaxRetryCount => -1;
    }
}

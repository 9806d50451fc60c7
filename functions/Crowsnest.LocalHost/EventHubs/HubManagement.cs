using System.Collections.Concurrent;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// Answers requests: <c>$cbs</c> takes any token, <c>$management</c> tells of the hub and its partitions. A client sends
/// requests on one link and reads the answers on another, whose address it names in the request.
/// </summary>
internal sealed class HubManagement(HubStore hub)
{
    private const string Tokens = "$cbs";
    private const string Management = "$management";
    private const int Ok = 200;
    private const int Accepted = 202;
    private const int BadRequest = 400;
    private const int NotFound = 404;

    private readonly ConcurrentDictionary<string, SendingAmqpLink> _answering = new();

    internal static bool IsNode(string address) => address is Tokens or Management;

    internal void AttachAnswers(SendingAmqpLink link)
    {
        if ((link.Settings.Target as Target)?.Address?.ToString() is { } address)
        {
            _answering[address] = link;
            link.SafeAddClosed((_, _) => _answering.TryRemove(address, out _));
        }
    }

    internal void AttachRequests(ReceivingAmqpLink link, string node) => link.RegisterMessageListener(request =>
    {
        using (request)
        {
            link.AcceptMessage(request, settled: true, batchable: false);
            if (request.Properties.ReplyTo?.ToString() is { } address && _answering.TryGetValue(address, out SendingAmqpLink? answering))
            {
                AmqpMessage answer = node == Tokens ? Answer(Accepted, "accepted", null) : Describe(request);
                answer.Properties.CorrelationId = request.Properties.MessageId;
                answering.SendMessageNoWait(answer, AmqpConstants.EmptyBinary, AmqpConstants.NullBinary);
            }
        }
    });

    private static AmqpMessage Answer(int status, string description, AmqpMap? body)
    {
        AmqpMessage answer = body is null ? AmqpMessage.Create() : AmqpMessage.Create(new AmqpValue { Value = body });
        answer.ApplicationProperties.Map["status-code"] = status;
        answer.ApplicationProperties.Map["status-description"] = description;
        return answer;
    }

    private static string? Text(AmqpMessage request, string name) =>
        request.ApplicationProperties.Map.TryGetValue(name, out object? value) ? value as string : null;

    private AmqpMessage Describe(AmqpMessage request)
    {
        string? name = Text(request, "name");
        string? type = Text(request, "type");
        if (Text(request, "operation") != "READ" || type is not ("com.microsoft:eventhub" or "com.microsoft:partition"))
        {
            return Answer(BadRequest, "only event hubs and partitions can be read", null);
        }

        if (!hub.IsCalled(name))
        {
            return Answer(NotFound, HubErrors.NotFoundText($"{name}"), null);
        }

        AmqpMap body = new() { [new MapKey("name")] = hub.Description.Name, [new MapKey("type")] = type };
        if (type == "com.microsoft:eventhub")
        {
            DescribeHub(body);
        }
        else if (hub.Find(Text(request, "partition")) is { } partition)
        {
            DescribePartition(body, partition);
        }
        else
        {
            return Answer(NotFound, HubErrors.NotFoundText($"{name}/Partitions/{Text(request, "partition")}"), null);
        }

        return Answer(Ok, "OK", body);
    }

    private void DescribeHub(AmqpMap body)
    {
        body[new MapKey("created_at")] = hub.Description.CreatedAt;
        body[new MapKey("partition_count")] = hub.Partitions.Count;
        body[new MapKey("partition_ids")] = hub.Partitions.Select(static partition => partition.Id).ToArray();
        body[new MapKey("georeplication_factor")] = 1;
    }

    private static void DescribePartition(AmqpMap body, PartitionLog partition)
    {
        PartitionState state = partition.State;
        body[new MapKey("partition")] = partition.Id;
        body[new MapKey("begin_sequence_number")] = state.BeginSequenceNumber;
        body[new MapKey("last_enqueued_sequence_number")] = state.LastSequenceNumber;
        body[new MapKey("last_enqueued_offset")] = state.LastOffset;
        body[new MapKey("last_enqueued_time_utc")] = state.LastEnqueuedTime;
        body[new MapKey("is_partition_empty")] = state.Last is null;
        body[new MapKey("runtime_info_retrieval_time_utc")] = state.ReadAt;
    }
}

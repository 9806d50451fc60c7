using System.IO.Compression;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;

namespace Crowsnest.Learning;

/// <content>The set as bytes: the aggregates of hours are read.</content>
public sealed partial class TrainingSet
{
    /// <summary>Merges an hour's aggregate into the set.</summary>
    /// <param name="aggregate">The aggregate.</param>
    /// <param name="requests">What lies beside it; null where nothing was alerted on.</param>
    /// <param name="alerted">Which requests must not be learned, or null.</param>
    /// <exception cref="InvalidDataException">It is damaged, or was made with another key or by another version.</exception>
    public void Read(Stream aggregate, Stream? requests, RequestIds? alerted)
    {
        try
        {
            IReadOnlyDictionary<int, AlertedRow>? marked = requests is null ? null : alerted?.Find(requests);
            using BrotliStream packed = new(aggregate, CompressionMode.Decompress, leaveOpen: true);
            using BinaryReader reader = new(packed);
            Read(reader, marked ?? new Dictionary<int, AlertedRow>());
        }
        catch (Exception broken) when (broken is EndOfStreamException or FormatException or ArgumentException
            or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("the aggregate is cut or damaged", broken);
        }
    }

    private void Read(BinaryReader reader, IReadOnlyDictionary<int, AlertedRow> marked)
    {
        if (reader.ReadByte() != Format || reader.ReadUInt64() != _hasher.Hash("format"))
        {
            throw new InvalidDataException("the aggregate was made with another key or by another version");
        }

        int events = reader.ReadInt32();
        DateTimeOffset from = new(reader.ReadInt64(), TimeSpan.Zero);
        DateTimeOffset to = new(reader.ReadInt64(), TimeSpan.Zero);
        string[] texts = ReadAll(reader, static reader => reader.ReadString());
        (int Trait, ulong Fleet, ulong Value)[] terms =
            ReadAll(reader, static reader => ((int)reader.ReadByte(), reader.ReadUInt64(), reader.ReadUInt64()));
        float[][] numbers = ReadAll(reader, static reader =>
        {
            float[] read = new float[EventTraits.NumberCount];
            for (int i = 0; i < read.Length; i++)
            {
                read[i] = BitConverter.UInt32BitsToSingle(reader.ReadUInt32());
            }

            return read;
        });
        List<(EventTraits Traits, int Requests)> rows = ReadRows(reader, from, texts, terms, numbers);
        for (int i = 0; i < rows.Count; i++)
        {
            Add(rows[i].Traits, rows[i].Requests, marked.GetValueOrDefault(i));
        }

        Events += events;
        From = from < From ? from : From;
        To = to > To ? to : To;

        for (int left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            (TraitName, ulong, ulong) key = ((TraitName)reader.ReadByte(), reader.ReadUInt64(), reader.ReadUInt64());
            _said.TryAdd(key, reader.ReadString());
        }

        _activity.Read(reader);
    }

    private List<(EventTraits Traits, int Requests)> ReadRows(
        BinaryReader reader,
        DateTimeOffset from,
        string[] texts,
        (int Trait, ulong Fleet, ulong Value)[] terms,
        float[][] numbers)
    {
        EventTraits[] rows = new EventTraits[reader.Read7BitEncodedInt()];
        void Column(Action<EventTraits> read)
        {
            foreach (EventTraits traits in rows)
            {
                read(traits);
            }
        }

        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = new EventTraits();
        }

        Column(traits => traits.Principal = texts[reader.Read7BitEncodedInt()]);
        Column(traits => traits.Actor = texts[reader.Read7BitEncodedInt()]);
        Column(traits => traits.PrincipalClass = (PrincipalClass)reader.ReadByte());
        Column(traits => traits.IsDenied = reader.ReadBoolean());
        Column(traits => traits.Time = from.AddTicks(reader.Read7BitEncodedInt64()));
        Column(traits => numbers[reader.Read7BitEncodedInt()].CopyTo(traits.Numbers, 0));
        Column(traits => traits.Peers = _reader.PeersOf(traits.PrincipalClass));
        for (int i = 0; i < EventTraits.TermCount; i++)
        {
            Column(traits =>
            {
                (int trait, ulong fleet, ulong value) = terms[reader.Read7BitEncodedInt()];
                traits.Terms[trait] = value == 0 ? default
                    : new Term(0, 0, fleet, value).Of((TraitName)trait, _hasher.Hash(traits.Principal), traits.Peers);
            });
        }

        return [.. rows.Select(traits => (traits, reader.Read7BitEncodedInt()))];
    }

    // The requests that were alerted on become a row of their own, which is measured and not learned.
    private void Add(EventTraits traits, int requests, AlertedRow marked)
    {
        _principals.Add(traits.Principal);
        _hours.Add(traits.Time.ToUnixTimeSeconds() / 3600);
        if (marked.FirstAlerted is { } alerted)
        {
            EventTraits measured = traits.Copy();
            measured.Time = new DateTimeOffset(alerted, TimeSpan.Zero);
            AddRow(measured, marked.Alerted, alerted: true);
        }

        if (marked.Alerted < requests)
        {
            traits.Time = marked.FirstOther is { } other ? new DateTimeOffset(other, TimeSpan.Zero) : traits.Time;
            AddRow(traits, requests - marked.Alerted, alerted: false);
        }
    }

    private void AddRow(EventTraits traits, int requests, bool alerted)
    {
        ulong key = KeyOf(traits, alerted);
        if (_rows.TryGetValue(key, out TrainingRow? row))
        {
            row.Earlier(traits.Time);
        }
        else
        {
            _rows.Add(key, row = new TrainingRow(traits, key, !alerted));
        }

        row.Requests += requests;
    }

    private static T[] ReadAll<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        T[] items = new T[reader.Read7BitEncodedInt()];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = read(reader);
        }

        return items;
    }
}

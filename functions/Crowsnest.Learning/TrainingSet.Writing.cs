using Crowsnest.Core.Features;

namespace Crowsnest.Learning;

/// <content>The set as bytes: an hour's aggregate is written.</content>
public sealed partial class TrainingSet
{
    private const byte Format = 1;

    internal void Write(BinaryWriter writer)
    {
        Dictionary<string, int> texts = new(StringComparer.Ordinal);
        Dictionary<(int Trait, ulong Fleet, ulong Value), int> terms = [];
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        foreach (TrainingRow row in _rows.Values)
        {
            texts.TryAdd(row.Traits.Principal, texts.Count);
            texts.TryAdd(row.Traits.Actor, texts.Count);
            numbers.TryAdd(KeyOf(row.Traits.Numbers), numbers.Count);
            for (int i = 0; i < EventTraits.TermCount; i++)
            {
                terms.TryAdd((i, row.Traits.Terms[i].Fleet, row.Traits.Terms[i].Value), terms.Count);
            }
        }

        writer.Write(Format);
        writer.Write(_hasher.Hash("format"));
        writer.Write(Events);
        writer.Write(From.UtcTicks);
        writer.Write(To.UtcTicks);
        Write(writer, texts.Keys, writer.Write);
        Write(writer, terms.Keys, term =>
        {
            writer.Write((byte)term.Trait);
            writer.Write(term.Fleet);
            writer.Write(term.Value);
        });
        Write(writer, numbers.Keys, text =>
        {
            foreach (char half in text)
            {
                writer.Write((ushort)half);
            }
        });
        WriteRows(writer, texts, terms, numbers);
        Write(writer, _said, pair =>
        {
            writer.Write((byte)pair.Key.Trait);
            writer.Write(pair.Key.Context);
            writer.Write(pair.Key.Value);
            writer.Write(pair.Value);
        });
        _activity.Write(writer);
    }

    private static void Write<T>(BinaryWriter writer, IReadOnlyCollection<T> items, Action<T> write)
    {
        writer.Write7BitEncodedInt(items.Count);
        foreach (T item in items)
        {
            write(item);
        }
    }

    // Column by column: alike things stand together, and are packed to little.
    private void WriteRows(
        BinaryWriter writer,
        Dictionary<string, int> texts,
        Dictionary<(int Trait, ulong Fleet, ulong Value), int> terms,
        Dictionary<string, int> numbers)
    {
        writer.Write7BitEncodedInt(_rows.Count);
        void Column(Action<EventTraits> write)
        {
            foreach (TrainingRow row in _rows.Values)
            {
                write(row.Traits);
            }
        }

        Column(traits => writer.Write7BitEncodedInt(texts[traits.Principal]));
        Column(traits => writer.Write7BitEncodedInt(texts[traits.Actor]));
        Column(traits => writer.Write((byte)traits.PrincipalClass));
        Column(traits => writer.Write(traits.IsDenied));
        Column(traits => writer.Write7BitEncodedInt64(traits.Time.UtcTicks - From.UtcTicks));
        Column(traits => writer.Write7BitEncodedInt(numbers[KeyOf(traits.Numbers)]));
        for (int i = 0; i < EventTraits.TermCount; i++)
        {
            Column(traits => writer.Write7BitEncodedInt(terms[(i, traits.Terms[i].Fleet, traits.Terms[i].Value)]));
        }

        foreach (TrainingRow row in _rows.Values)
        {
            writer.Write7BitEncodedInt(row.Requests);
        }
    }

    // As text: arrays are not equal by what they hold.
    private static string KeyOf(float[] numbers)
    {
        Span<char> key = stackalloc char[2 * EventTraits.NumberCount];
        for (int i = 0; i < numbers.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(numbers[i]);
            (key[2 * i], key[(2 * i) + 1]) = ((char)(ushort)bits, (char)(bits >> 16));
        }

        return new string(key);
    }
}

using System.IO.Compression;
using System.Security.Cryptography;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Features;

namespace Crowsnest.Core.Scoring;

/// <summary>
/// The model artefact: a gzip of a flat binary layout, little-endian, keys sorted. The same model gives the same bytes, and
/// its version is the first 12 hex digits of their SHA-256.
/// </summary>
public static class ModelFile
{
    private const uint Magic = 0x334D4E43; // "CNM3"
    private const int LargestCount = 50_000_000;

    /// <summary>Writes a model.</summary>
    public static byte[] Write(AnomalyModel model)
    {
        using MemoryStream stream = new();
        using (GZipStream zip = new(stream, CompressionLevel.SmallestSize))
        using (BinaryWriter writer = new(zip))
        {
            writer.Write(Magic);
            writer.Write(model.Info.From.UtcTicks);
            writer.Write(model.Info.To.UtcTicks);
            writer.Write(model.Info.Events);
            writer.Write(model.Info.Principals);
            writer.Write(model.Info.Features.Count);
            foreach (string name in model.Info.Features)
            {
                writer.Write(name);
            }

            writer.Write(model.HashKey.Count);
            writer.Write([.. model.HashKey]);
            WriteProfile(writer, model.Profile);
            WriteFloats(writer, model.Risk.Weights);
            writer.Write(model.Risk.Bias);
            writer.Write(model.Calibration.Days);
            WriteFloats(writer, model.Calibration.Maxima);
            WriteActivity(writer, model.Activity);
        }

        return stream.ToArray();
    }

    /// <summary>Reads a model.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a model, or one of another version of Crowsnest.</exception>
    public static AnomalyModel Read(byte[] artefact)
    {
        try
        {
            using BinaryReader reader = new(new GZipStream(new MemoryStream(artefact), CompressionMode.Decompress));
            if (reader.ReadUInt32() != Magic)
            {
                throw new InvalidDataException("the file is not a Crowsnest model, or one of an older version; train it again");
            }

            DateTimeOffset from = new(reader.ReadInt64(), TimeSpan.Zero);
            DateTimeOffset to = new(reader.ReadInt64(), TimeSpan.Zero);
            int events = reader.ReadInt32();
            int principals = reader.ReadInt32();
            string[] names = [.. Enumerable.Range(0, Count(reader)).Select(_ => reader.ReadString())];
            if (!names.SequenceEqual(FeatureVector.Names))
            {
                throw new InvalidDataException("the model was trained on other features; train it again with this version");
            }

            byte[] key = reader.ReadBytes(Count(reader));
            Profile profile = ReadProfile(reader);
            float[] weights = ReadFloats(reader);
            if (weights.Length != RiskInputs.Length)
            {
                throw new InvalidDataException("the model was trained on other inputs; train it again with this version");
            }

            RiskModel risk = new(weights, reader.ReadSingle());
            double days = reader.ReadDouble();
            Calibration calibration = new(ReadFloats(reader), days);
            return new AnomalyModel(new ModelInfo(from, to, events, principals, names), key, profile, risk, calibration)
            {
                Activity = ReadActivity(reader),
                Version = VersionOf(artefact),
            };
        }
        catch (Exception broken) when (broken is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException("the model file is damaged", broken);
        }
    }

    /// <summary>The version that an artefact's bytes give it.</summary>
    public static string VersionOf(byte[] artefact) =>
        Convert.ToHexStringLower(SHA256.HashData(artefact).AsSpan(0, 6));

    private static void WriteProfile(BinaryWriter writer, Profile profile)
    {
        writer.Write(profile.Values.Count);
        foreach (ulong key in profile.Values.Keys.Order())
        {
            writer.Write(key);
            writer.Write7BitEncodedInt(profile.Values[key]);
        }

        writer.Write(profile.Contexts.Count);
        foreach (ulong key in profile.Contexts.Keys.Order())
        {
            ContextCount count = profile.Contexts[key];
            writer.Write(key);
            writer.Write7BitEncodedInt(count.Total);
            writer.Write7BitEncodedInt(count.Values);
            writer.Write7BitEncodedInt(count.Hours);
        }
    }

    private static Profile ReadProfile(BinaryReader reader)
    {
        int valueCount = Count(reader);
        Dictionary<ulong, int> values = [];
        for (int i = 0; i < valueCount; i++)
        {
            values.Add(reader.ReadUInt64(), reader.Read7BitEncodedInt());
        }

        int contextCount = Count(reader);
        Dictionary<ulong, ContextCount> contexts = [];
        for (int i = 0; i < contextCount; i++)
        {
            ulong key = reader.ReadUInt64();
            contexts.Add(key, new(reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt()));
        }

        return new Profile(values, contexts);
    }

    private static void WriteActivity(BinaryWriter writer, ActivityHistory activity)
    {
        writer.Write(activity.Values.Count);
        foreach (ulong key in activity.Values.Keys.Order())
        {
            writer.Write(key);
            writer.Write(activity.Values[key]);
        }
    }

    private static ActivityHistory ReadActivity(BinaryReader reader)
    {
        int count = Count(reader);
        Dictionary<ulong, float> usual = [];
        for (int i = 0; i < count; i++)
        {
            usual.Add(reader.ReadUInt64(), reader.ReadSingle());
        }

        return new ActivityHistory(usual);
    }

    private static void WriteFloats(BinaryWriter writer, IReadOnlyList<float> numbers)
    {
        writer.Write(numbers.Count);
        foreach (float number in numbers)
        {
            writer.Write(number);
        }
    }

    private static float[] ReadFloats(BinaryReader reader)
    {
        float[] numbers = new float[Count(reader)];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = reader.ReadSingle();
        }

        return numbers;
    }

    private static int Count(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        return count is >= 0 and <= LargestCount ? count : throw new InvalidDataException("the model file is damaged");
    }
}

using Crowsnest.Core.Activity;
using CsCheck;

namespace Crowsnest.Core.Tests.Activity;

public sealed class DistinctSketchTests
{
    [Fact]
    public void Merge_AnySplitOrderAndRepetition_GivesTheSame() =>
        Gen.ULong[0, 2000].Array[0, 3000].Sample(values =>
        {
            DistinctSketch whole = Of(values);
            DistinctSketch parts = Of(values.Skip(values.Length / 3));
            parts.Merge(Of(values.Reverse().Take(values.Length / 2)));
            parts.Merge(Of(values));

            return parts.Estimate == whole.Estimate;
        });

    [Fact]
    public void Estimate_UpToItsCapacity_IsExact()
    {
        DistinctSketch sketch = Of(Enumerable.Range(0, DistinctSketch.Capacity - 1).SelectMany(static i => new[] { (ulong)i, (ulong)i }));

        Assert.Equal(DistinctSketch.Capacity - 1, sketch.Estimate);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public void Estimate_Beyond_IsWithinFourStandardErrors(int count) =>
        Assert.InRange(
            Of(Enumerable.Range(0, count).Select(static i => (ulong)i)).Estimate,
            count * (1 - (4 * 0.0443)),
            count * (1 + (4 * 0.0443)));

    private static DistinctSketch Of(IEnumerable<ulong> values)
    {
        DistinctSketch sketch = new();
        foreach (ulong value in values)
        {
            sketch.Add(DistinctSketch.Spread(value));
        }

        return sketch;
    }
}

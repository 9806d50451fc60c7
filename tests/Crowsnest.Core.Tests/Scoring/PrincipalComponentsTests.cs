using Crowsnest.Core.Scoring;

namespace Crowsnest.Core.Tests.Scoring;

/// <summary>The faults of ML.NET's own score (relative residual) that the absolute one must not have.</summary>
public sealed class PrincipalComponentsTests
{
    private static readonly PrincipalComponents Plane = new([0, 0, 0], [1, 1, 1], [0, 0, 0], [[1, 0, 0]]);

    [Fact]
    public void Residual_TenTimesAsFar_IsAHundredTimesAsMuch()
    {
        float near = Plane.Residual([1, 1, 0], new float[3]);
        float far = Plane.Residual([10, 10, 0], new float[3]);

        Assert.Equal(100 * near, far, 1e-3);
    }

    [Fact]
    public void Residual_AtTheMean_IsZero() => Assert.Equal(0, Plane.Residual([0, 0, 0], new float[3]));

    [Theory]
    [InlineData(1e6f)]
    [InlineData(1e15f)]
    public void Residual_FarAlongAnAxis_IsANumber(float distance) =>
        Assert.False(float.IsNaN(Plane.Residual([distance, 1, 1], new float[3])));
}

using System.Text;
using Crowsnest.Core.Archiving;

namespace Crowsnest.Core.Tests.Archiving;

/// <summary>A file that holds another row, or one less or twice, has another sum; the order of rows makes no difference.</summary>
public sealed class RowSumTests
{
    private static readonly (long Time, string Json, string Blob, long Line)[] Rows =
        [(1, "{}", "raw/a", 1), (2, """{"a":"0123456789"}""", "raw/a", 2), (2, """{"a":"0123456789"}""", "raw/b", 2)];

    [Fact]
    public void Sum_InAnyOrder_IsTheSame() => Assert.Equal(Of(Rows), Of(Rows.Reverse()));

    [Fact]
    public void Sum_AnyPartOfARowIsAnother_IsAnother()
    {
        (long Time, string Json, string Blob, long Line) one = Rows[1];
        RowSum[] others =
        [
            Of([Rows[0], Rows[2]]),
            Of([.. Rows, one]),
            Of([Rows[0], one with { Time = 3 }, Rows[2]]),
            Of([Rows[0], one with { Json = """{"a":"0123456788"}""" }, Rows[2]]),
            Of([Rows[0], one with { Blob = "raw/b" }, Rows[2]]),
            Of([Rows[0], one with { Line = 3 }, Rows[2]]),
        ];

        Assert.DoesNotContain(Of(Rows), others);
        Assert.Distinct(others);
    }

    private static RowSum Of(IEnumerable<(long Time, string Json, string Blob, long Line)> rows) => rows.Aggregate(
        default(RowSum),
        static (sum, row) => sum.With(row.Time, Encoding.UTF8.GetBytes(row.Json), Encoding.UTF8.GetBytes(row.Blob), row.Line));
}

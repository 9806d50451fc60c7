using System.Text;
using System.Text.Json;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>JSON patches are read as evanphx/json-patch v4 applies them, as far as the patch itself tells.</summary>
public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""[{"op":"add","path":"/spec/replicas","value":3}]""", """{"spec":{"replicas":3}}""")]
    [InlineData("""[{"op":"replace","path":"/metadata/labels/a.b~1c","value":"d"}]""", """{"metadata":{"labels":{"a.b/c":"d"}}}""")]
    [InlineData("""[{"op":"add","path":"/~01~1","value":1}]""", """{"~1/":1}""")]
    [InlineData("""[{"op":"add","path":"/a/0/b","value":1},{"op":"add","path":"/a/0/c","value":2}]""", """{"a":[{"b":1,"c":2}]}""")]
    [InlineData("""[{"op":"add","path":"/a/-","value":1},{"op":"add","path":"/a/-","value":2}]""", """{"a":[1,2]}""")]
    [InlineData("""[{"op":"remove","path":"/a/b"}]""", """{"a":{"b":null}}""")]
    [InlineData("""[{"op":"remove","path":"/a/0"}]""", """{"a":[null]}""")]
    [InlineData("""[{"op":"test","path":"/a","value":1}]""", "null")]
    [InlineData("""[{"op":"add","path":"/a","value":{"b":1}},{"op":"add","path":"/a/c","value":2}]""", """{"a":{"b":1,"c":2}}""")]
    [InlineData("""[{"op":"replace","path":"","value":{"b":1}}]""", """{"b":1}""")]
    [InlineData("""[{"op":"replace","path":"","value":{"b":1}},{"op":"add","path":"/c","value":2}]""", """{"b":1,"c":2}""")]
    [InlineData("""[{"op":"add","path":"anything/a/b","value":1}]""", """{"a":{"b":1}}""")]
    public void Follow_WhatThePatchBrings_IsTheObjectThatItSets(string patch, string expected) => Check(patch, expected, isFollowed: true);

    [Theory]
    [InlineData("+0")]
    [InlineData("00")]
    [InlineData("-1")]
    [InlineData("-007")]
    [InlineData("123456")]
    public void Follow_PlaceOfTheListBefore_IsAnyElement(string place) =>
        Check($$"""[{"op":"add","path":"/a/{{place}}/b","value":1}]""", """{"a":[{"b":1}]}""", isFollowed: true);

    [Theory]
    [InlineData("add", "-", "[1,2,9]")]
    [InlineData("add", "-1", "[1,2,9]")]
    [InlineData("add", "-3", "[9,1,2]")]
    [InlineData("add", "+1", "[1,9,2]")]
    [InlineData("add", "2", "[1,2,9]")]
    [InlineData("replace", "-2", "[9,2]")]
    [InlineData("remove", "01", "[1]")]
    public void Follow_PlaceOfAListThatThePatchBrought_IsCounted(string op, string place, string expected) =>
        Check($$"""[{"op":"add","path":"/a","value":[1,2]},{"op":"{{op}}","path":"/a/{{place}}","value":9}]""", $$"""{"a":{{expected}}}""", isFollowed: true);

    [Theory]
    [InlineData("""{"op":"add","path":"/a/3","value":9}""")]
    [InlineData("""{"op":"add","path":"/a/-4","value":9}""")]
    [InlineData("""{"op":"add","path":"/a/ 0","value":9}""")]
    [InlineData("""{"op":"add","path":"/a/99999999999","value":9}""")]
    [InlineData("""{"op":"replace","path":"/a/-","value":9}""")]
    [InlineData("""{"op":"add","path":"/a/0/b","value":9}""")]
    [InlineData("""{"op":"ADD","path":"/b","value":9}""")]
    [InlineData("""{"op":"add","value":9}""")]
    [InlineData("""{"op":"add","path":"b","value":9}""")]
    [InlineData("7")]
    public void Follow_WhatTheServerRefuses_IsNotFollowed(string operation) =>
        Check($$"""[{"op":"add","path":"/a","value":[1,2]},{{operation}}]""", """{"a":[1,2]}""", isFollowed: false);

    [Theory]
    [InlineData("""{"op":"move","from":"/x","path":"/b"}""", """{"x":null,"b":{"c":true}}""")]
    [InlineData("""{"op":"copy","from":"/x","path":"/b"}""", """{"x":{"c":true},"b":{"c":true}}""")]
    [InlineData("""{"op":"copy","from":"/x/c","path":"/b/d"}""", """{"x":{"c":true},"b":{"d":true}}""")]
    [InlineData("""{"op":"copy","from":"x/x","path":"/x/y"}""", """{"x":{"c":true,"y":{"c":true}}}""")]
    public void Follow_MoveAndCopyOfWhatThePatchBrought_AreFollowed(string operation, string expected) =>
        Check($$"""[{"op":"add","path":"/x","value":{"c":true} },{{operation}}]""", expected, isFollowed: true);

    [Theory]
    [InlineData("""[{"op":"copy","from":"/spec/a","path":"/spec/b"}]""")]
    [InlineData("""[{"op":"move","from":"/spec/a","path":"/spec/b"}]""")]
    [InlineData("""[{"op":"add","path":"/a/b","value":1},{"op":"copy","from":"/a","path":"/c"}]""")]
    [InlineData("""[{"op":"add","path":"/a/0/b","value":1},{"op":"add","path":"/a/-1/c","value":1}]""")]
    public void Follow_WhatWasThereBefore_IsNotFollowed(string patch)
    {
        using JsonDocument document = JsonDocument.Parse(patch);

        Assert.False(JsonPatch.Follow(document.RootElement).IsFollowed);
    }

    [Fact]
    public void Follow_CopyOfWhatWasThereBefore_CanBeWrittenInto() => Check(
        """[{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/b/c/d","value":1}]""", """{"b":{"c":{"d":1}}}""", isFollowed: false);

    [Fact]
    public void Follow_NumberAmongNames_DoesNotMakeAListOfThem() => Check(
        """[{"op":"add","path":"/spec/0","value":1},{"op":"add","path":"/spec/template/spec","value":{"hostPID":true}}]""",
        """{"spec":{"template":{"spec":{"hostPID":true}},"0":1}}""",
        isFollowed: true);

    [Fact]
    public void Follow_InsertedBefore_MovesTheOthers() => Check(
        """[{"op":"add","path":"/a/0/b","value":1},{"op":"add","path":"/a/0","value":{"c":1}},{"op":"add","path":"/a/1/d","value":2}]""",
        """{"a":[{"b":1,"d":2},{"c":1}]}""",
        isFollowed: true);

    [Fact]
    [Trait("Category", "Slow")]
    public void Follow_DeepAndLong_IsBounded()
    {
        Assert.False(Follow($$"""[{"op":"add","path":"{{string.Concat(Enumerable.Repeat("/a", 100_000))}}","value":1}]""").IsFollowed);

        PatchedBody wide = Follow(Operations(50_000, static i => $$"""{"op":"add","path":"/a/-","value":{{i}}}"""));
        Assert.False(wide.IsFollowed);
        Assert.InRange(wide.Json.Length, 1, 100_000);
    }

    [Fact]
    public void Follow_CopiesOfCopies_EndWhereTheServerEndsThem()
    {
        string doubling = Operations(1_000, static i => i == 0
            ? """{"op":"add","path":"/a","value":{"b":"0123456789"}}""" : $$"""{"op":"copy","from":"/a","path":"/a/c{{i}}"}""");

        PatchedBody body = Follow(doubling);

        Assert.False(body.IsFollowed);
        Assert.InRange(body.Json.Length, 1, 8 * 1024 * 1024);
    }

    [Fact]
    public void Follow_NestedByMoving_DoesNotRunOutOfStack()
    {
        string moving = Operations(9_000, static i => (i % 3) switch
        {
            0 => """{"op":"add","path":"/b","value":{}}""",
            1 => """{"op":"move","from":"/a","path":"/b/a"}""",
            _ => """{"op":"move","from":"/b","path":"/a"}""",
        });

        Assert.False(Follow(moving).IsFollowed);
    }

    private static string Operations(int count, Func<int, string> operation) => $"[{string.Join(',', Enumerable.Range(0, count).Select(operation))}]";

    private static PatchedBody Follow(string patch)
    {
        using JsonDocument document = JsonDocument.Parse(patch);
        return JsonPatch.Follow(document.RootElement);
    }

    private static void Check(string patch, string expected, bool isFollowed)
    {
        PatchedBody body = Follow(patch);

        Assert.Equal(expected, Encoding.UTF8.GetString(body.Json.Span));
        Assert.Equal(isFollowed, body.IsFollowed);
    }
}

using System.Text;
using Crowsnest.LocalHost.Replay;
using CsCheck;

namespace Crowsnest.LocalHost.Tests.Replay;

public sealed class FollowPlaceTests
{
    private static readonly Fingerprint Head = Fingerprint.Of("head"u8);
    private static readonly DateTime Noon = new(2026, 11, 26, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Parse_WhatToStringWrote_GivesTheSame() =>
        Gen.Select(Gen.Byte.Array[1, 5000], Gen.Long[0, long.MaxValue / 2], Gen.Bool).Sample((bytes, before, isTimed) =>
        {
            ReadOnlySpan<byte> tail = bytes.AsSpan(Math.Max(0, bytes.Length - Fingerprint.Longest));
            FollowPlace place = new(
                bytes.Length < Fingerprint.Longest ? bytes.Length : bytes.Length + before,
                Fingerprint.Of(bytes.AsSpan(0, Math.Min(bytes.Length, Fingerprint.Longest))),
                Fingerprint.Of(tail),
                isTimed ? Noon : null);

            return FollowPlace.Parse(place.ToString()) == place && place.ToString().Length <= 130;
        });

    [Fact]
    public void Parse_Beginning_GivesTheSame() =>
        Assert.Equal(FollowPlace.Beginning, FollowPlace.Parse(FollowPlace.Beginning.ToString()));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2.0")]
    [InlineData("1.-5.4.00112233445566778899aabbccddeeff.4.00112233445566778899aabbccddeeff.0")]
    [InlineData("1.4.5.00112233445566778899aabbccddeeff.4.00112233445566778899aabbccddeeff.0")]
    [InlineData("1.4.4.00112233445566778899aabbccddeeff.3.00112233445566778899aabbccddeeff.0")]
    [InlineData("1.4.4.00112233445566778899aabbccddeeff.4.0011.0")]
    [InlineData("1.4.4.00112233445566778899aabbccddeeff.4.00112233445566778899AABBCCDDEEFF.0")]
    [InlineData("1.4.4.00112233445566778899aabbccddeeff.4.00112233445566778899aabbccddeeff.9223372036854775807")]
    [InlineData("1.4.4.00112233445566778899aabbccddeeff.4.00112233445566778899aabbccddeeff")]
    public void Parse_AnythingElse_GivesNull(string? text) => Assert.Null(FollowPlace.Parse(text));

    [Fact]
    public void Furthest_InTheSameFile_GivesTheLargerOffset()
    {
        Assert.Equal(At(9), FollowPlace.Furthest(At(9), At(5)));
        Assert.Equal(At(9), FollowPlace.Furthest(At(5), At(9)));
    }

    [Fact]
    public void Furthest_InDifferentFiles_GivesTheConfirmedOne() =>
        Assert.Equal(At(5, "other"), FollowPlace.Furthest(At(9), At(5, "other")));

    [Fact]
    public void Furthest_OneOnly_GivesThatOne()
    {
        Assert.Equal(At(9), FollowPlace.Furthest(At(9), null));
        Assert.Equal(At(9), FollowPlace.Furthest(null, At(9)));
        Assert.Null(FollowPlace.Furthest(null, null));
    }

    private static FollowPlace At(long offset, string? head = null) =>
        new(offset, head is null ? Head : Fingerprint.Of(Encoding.UTF8.GetBytes(head)), Fingerprint.Of("tail"u8), Noon);
}

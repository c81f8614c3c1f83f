using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Spud.Numerics.Blocks;
using Xunit;

namespace Spud.Numerics.Tests.Blocks;

/// <summary>Every bit of the codebooks: SHA-256 of the tables of ggml-common.h as little-endian bytes.</summary>
public sealed class CodebookTests
{
    [Fact]
    public void Iq2XxsIsGgmls() =>
        Assert.Equal("05826b5d3e472a3a78f196be62ac78acf81df0f909626e12ab9fa2a5d490dd54", Hash<ulong>(Iq2XxsGrid.Points));

    [Fact]
    public void Iq2XsIsGgmls() =>
        Assert.Equal("06e47aaca60b4dc1d9b5a3f34540437058a6b142b4d7a59d5ded769b4d1bf1de", Hash<ulong>(Iq2XsGrid.Points));

    [Fact]
    public void Iq2SIsGgmls() =>
        Assert.Equal("e1aa1473412b0552c2174c30ef22ab4073f6a181b85a17056e8249bd2932fd88", Hash<ulong>(Iq2SGrid.Points));

    [Fact]
    public void Iq3XxsIsGgmls() =>
        Assert.Equal("46e35f5a997efdee6c99ce57854c8a0d4f0ff8ca57e5e8a60c0793ea580acf5d", Hash<uint>(Iq3XxsGrid.Points));

    [Fact]
    public void Iq3SIsGgmls() =>
        Assert.Equal("bd1af4945a1717c65610b0284e4628b9a1ba3b306fae3a06f6e5f597356e349f", Hash<uint>(Iq3SGrid.Points));

    [Fact]
    public void Iq1IsGgmls() =>
        Assert.Equal("07540ffc1aeaf6ad4d97e96b0fcc765aae39671d4ae4a27bbd0e796fde167c6a", Hash<ulong>(Iq1Grid.Points));

    private static string Hash<T>(ReadOnlySpan<T> points) where T : unmanaged =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(points)));
}

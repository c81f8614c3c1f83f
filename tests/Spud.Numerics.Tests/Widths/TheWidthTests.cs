using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Xunit;

namespace Spud.Numerics.Tests.Widths;

/// <summary>
/// tests/widths.sh runs this program once per vector width and says which in SPUD_WIDTH. Without these tests, a switch that the
/// runtime no longer knows would silently run everything at full width.
/// </summary>
public sealed class TheWidthTests
{
    private static readonly string _width = Environment.GetEnvironmentVariable("SPUD_WIDTH") ?? "";

    [Fact]
    public void TheSwitchTookEffect()
    {
        switch (_width)
        {
            case "":
                Assert.Skip("No width was asked for; tests/widths.sh asks for each.");
                break;
            case "default":
                Assert.DoesNotContain(
                    Environment.GetEnvironmentVariables().Keys.Cast<string>(),
                    name => name.StartsWith("DOTNET_Enable", StringComparison.Ordinal));
                break;
            case "256":
                RequireX64();
                Assert.False(Avx512F.IsSupported);
                Assert.False(Vector512.IsHardwareAccelerated);
                break;
            case "256-no-vnni":
                RequireX64();
                Assert.False(Vector512.IsHardwareAccelerated);
                Assert.False(AvxVnni.IsSupported);
                break;
            case "128":
                RequireX64();
                Assert.False(Avx2.IsSupported);
                Assert.False(Vector256.IsHardwareAccelerated);
                Assert.False(Vector512.IsHardwareAccelerated);
                break;
            case "scalar":
                Assert.False(Vector128.IsHardwareAccelerated);
                Assert.False(Vector256.IsHardwareAccelerated);
                Assert.False(Vector512.IsHardwareAccelerated);
                break;
            default:
                Assert.Fail($"SPUD_WIDTH={_width} is none of default, 256, 256-no-vnni, 128, scalar.");
                break;
        }
    }

    [Fact]
    public void TheWidthIsThere()
    {
        switch (_width)
        {
            case "256" or "256-no-vnni" when !Vector256.IsHardwareAccelerated:
                Assert.Skip("This processor has no AVX2: registers of 256 bits are not tested.");
                break;
            case "256" when !AvxVnni.IsSupported:
                Assert.Skip("This processor has no AVX-VNNI: its kernels are not tested.");
                break;
            case "128":
                Assert.True(Vector128.IsHardwareAccelerated);
                break;
            case "" or "default" when !Vector512.IsHardwareAccelerated:
                Assert.Skip("Registers of 512 bits are not used on this processor and not tested.");
                break;
            default:
                break;
        }
    }

    private static void RequireX64()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Assert.Skip("The switches of width are those of x64.");
        }
    }
}

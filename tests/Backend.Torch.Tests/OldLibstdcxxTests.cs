using Backend.Torch.Native;
using Backend.Torch.Tests.Shared;
using Xunit;

namespace Backend.Torch.Tests;

/// <summary>LibTorchSharp on systems whose libstdc++ lacks the one function that is new: no compiler is needed there.</summary>
public sealed class OldLibstdcxxTests
{
    private static string Bindings => Path.Combine(TorchPipeline.PluginFolder, "backend.torch", "libtorch", "libLibTorchSharp.so");

    [Fact]
    public void TheImportOfTheNewFunctionBecomesOneOfAnOldFunction()
    {
        Libtorch.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "for Linux");
        byte[] file = File.ReadAllBytes(Bindings), adapted = OldLibstdcxx.Adapt([.. file]);
        Assert.True(file.AsSpan().IndexOf("\0_ZSt21ios_base_library_initv\0"u8) > 0, "this version needs no change: remove OldLibstdcxx");
        Assert.True(adapted.AsSpan().IndexOf("\0_ZSt21ios_base_library_initv\0"u8) < 0);
        Assert.True(adapted.AsSpan().IndexOf("\0_ZNSt8ios_base4InitC1Ev\0"u8) > 0);
        Assert.Equal(file.Length, adapted.Length);
        // The name, one version's number and one flag.
        Assert.InRange(file.Zip(adapted).Count(pair => pair.First != pair.Second), 1, 32);
    }

    [Fact]
    public void AFileThatIsNotWhatIsExpectedIsRefused()
    {
        Assert.Throws<BadImageFormatException>(() => OldLibstdcxx.Adapt(new byte[10]));
        Assert.Throws<BadImageFormatException>(() => OldLibstdcxx.Adapt(new byte[10_000]));
    }
}

using Backend.Torch.Native;
using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Fixtures;
using Spud.Plugins;
using Xunit;

namespace Backend.Torch.Tests;

/// <summary>What is wrong is said, with what to do.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spud-torch-");

    [Fact]
    public void WithoutTheShimThePluginIsUnavailableAndSaysWhatToRun()
    {
        CopyPlugin();
        PluginStatus status = PluginCatalog.Check(_folder.FullName);
        Assert.Equal(PluginState.Unavailable, status.State);
        Assert.Contains("libspud_torch.so is missing", status.Reason);
        Assert.Contains("./spud setup torch", status.Reason);
    }

    [Fact]
    public void AShimThatDoesNotLoadIsNamed()
    {
        CopyPlugin();
        File.WriteAllText(Path.Combine(_folder.FullName, "libspud_torch.so"), "no library");
        PluginStatus status = PluginCatalog.Check(_folder.FullName);
        Assert.Equal(PluginState.Unavailable, status.State);
        Assert.Contains("does not load", status.Reason);
        Assert.Contains("./spud setup torch", status.Reason);
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:100")]
    public void AnUnknownDeviceIsAFaultOfTheConfiguration(string device)
    {
        Libtorch.Require();
        foreach (string role in new[] { "head", "attention", "router", "experts" })
        {
            ConfigurationException fault = Assert.Throws<ConfigurationException>(
                () => new TorchPipeline(TestData.Path("families/mixtral.gguf"), $"{role}.use=torch", $"{role}.device={device}"));
            Assert.Contains($"{role}.device", fault.Message);
            Assert.Contains("cpu|cuda", fault.Message);
        }
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:1")]
    public void CudaWithoutCudaSaysWhatToInstall(string device)
    {
        Libtorch.Require();
        Assert.SkipUnless(Shim.Text(Shim.Config()).Contains("USE_CUDA=OFF", StringComparison.Ordinal), "this libtorch has CUDA");
        CompositionException refusal = Assert.Throws<CompositionException>(() => new TorchPipeline(TestData.Path("families/llama.gguf"), "experts.use=torch", $"experts.device={device}"));
        Assert.Contains("without CUDA", refusal.Message);
        Assert.Contains("./spud setup torch", refusal.Message);
    }

    [Fact]
    public void MoreExpertsThanThereAreAreRefusedBeforeWeightsAreTaken()
    {
        Libtorch.Require();
        using TestBuild build = new(new TestModel { Experts = 4, ExpertsUsed = 2 }.Describe());
        RefusedException refusal = Assert.Throws<RefusedException>(() => new Torch.Router.TorchRouter(new() { Experts = 5 }, build));
        Assert.Contains("Set experts to 4 or less", refusal.Message);
        Assert.Empty(build.Taken);
    }

    [Fact]
    public void FaultsOfLibtorchBecomeTheContractsExceptions()
    {
        Assert.IsType<InsufficientMemoryException>(TorchFault.Of("CUDA out of memory. Tried to allocate 20.00 GiB (GPU 0; 8 GiB total capacity)"));
        Assert.IsType<InsufficientMemoryException>(TorchFault.Of("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes."));
        Assert.IsType<DeviceLostException>(TorchFault.Of("CUDA error: device-side assert triggered\nCUDA kernel errors might be…"));
        Assert.IsType<InvalidOperationException>(TorchFault.Of("mat1 and mat2 shapes cannot be multiplied"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void CopyPlugin()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(TorchPipeline.PluginFolder, "backend.torch")).Where(file => !file.EndsWith(".so", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
    }
}

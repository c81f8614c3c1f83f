using System.Diagnostics;
using Backend.Torch.Native;
using Backend.Torch.Tests.Shared;
using Spud;
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
    public void WithoutLibtorchThePluginIsUnavailableAndSaysWhatToRun()
    {
        Libtorch.Require();
        CopyPlugin();
        PluginStatus status = PluginCatalog.Check(_folder.FullName);
        Assert.Equal(PluginState.Unavailable, status.State);
        Assert.Contains("libtorch is not set up", status.Reason);
        Assert.Contains("./spud setup torch", status.Reason);
    }

    [Fact]
    public void ALibtorchThatDoesNotLoadIsNamed()
    {
        Libtorch.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere the folder has another name");
        CopyPlugin();
        string folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, "libtorch")).FullName;
        File.WriteAllText(Path.Combine(folder, "libtorch.so"), "no library");
        // In a process of its own: here libtorch is loaded already, and every copy of the plugin uses that one.
        string said = Checked(_folder.FullName);
        Assert.Contains("does not load", said);
        Assert.Contains("libtorch.so", said);
        Assert.Contains("./spud setup torch", said);
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
        Assert.SkipWhen(TorchLibrary.HasCuda(), "this libtorch has CUDA");
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

    private static string Checked(string folder)
    {
        string host = Path.Combine(TorchPipeline.PluginFolder, "..", "Spud.Host");
        Assert.SkipUnless(File.Exists(host), "the host is not built");
        using Process process = Process.Start(new ProcessStartInfo(host, ["plugins", "check", folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return string.Join(' ', said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)); // lines are wrapped
    }

    private void CopyPlugin()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(TorchPipeline.PluginFolder, "backend.torch")))
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
    }
}

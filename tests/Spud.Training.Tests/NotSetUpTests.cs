using System.Diagnostics;
using Xunit;

namespace Spud.Training.Tests;

public sealed class NotSetUpTests
{
    [Fact]
    public void LibtorchIsNotSetUp() => Assert.Skip("needs libtorch: run ./spud setup torch, then build again");

    [Fact]
    public void WithoutLibtorchTheTrainerSaysHowToGetIt()
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Spud.Training")) { RedirectStandardError = true })!;
        string message = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("./spud setup torch", message);
    }
}

using System.Diagnostics;
using System.Text.Json;

namespace Spud.Bench.Peer;

/// <summary>llama.cpp in a process of its own, which waits without work while the other side runs.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    public PeerProcess(string program, string model, int threads)
    {
        _process = Process.Start(new ProcessStartInfo(program, ["bench", model, $"{threads}", "f16"]) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} did not start");
    }

    /// <summary>Tokens per second.</summary>
    public double Measure(Work work)
    {
        _process.StandardInput.WriteLine($"{work.Prompt} {work.Generate} {work.Depth} {work.Batch}");
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the peer ended early");
        using JsonDocument answer = JsonDocument.Parse(line);
        return answer.RootElement.GetProperty(work.IsPrefill ? "prefill" : "decode").GetDouble();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}

using System.Diagnostics;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>Outputs that overwrote inputs: a calibration its model, a receipt the mapped model, a comparison its pipeline.</summary>
public sealed class OverwriteTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("run", "--raw", "-m", "MODEL", "--max-tokens", "2", "--receipt", "MODEL", "Once")]
    [InlineData("run", "--raw", "-m", "MODEL", "--max-tokens", "2", "--receipt", "LINK", "Once")]
    [InlineData("run", "--raw", "-m", "MODEL", "--max-tokens", "2", "-f", "TEXT", "--receipt", "TEXT")]
    [InlineData("run", "--raw", "-m", "MODEL", "-p", "PIPELINE", "--max-tokens", "2", "--receipt", "PIPELINE", "Once")]
    [InlineData("run", "--raw", "-m", "MODEL", "--prices", "PRICES", "--max-tokens", "2", "--receipt", "PRICES", "Once")]
    [InlineData("score", "-m", "MODEL", "-f", "TEXT", "--logits", "MODEL")]
    [InlineData("score", "-m", "MODEL", "-f", "TEXT", "--tokens", "TEXT")]
    [InlineData("compare", "-m", "MODEL", "-f", "TEXT", "--window", "4", "PIPELINE", "OTHER", "--repeat", "0", "--output", "MODEL")]
    [InlineData("compare", "-m", "MODEL", "-f", "TEXT", "--window", "4", "PIPELINE", "OTHER", "--repeat", "0", "--html", "PIPELINE")]
    [InlineData("compare", "-m", "MODEL", "-f", "TEXT", "--window", "4", "PIPELINE", "OTHER", "--repeat", "0", "--state", "TEXT")]
    [InlineData("calibrate", "-m", "MIXTURE", "-f", "TEXT", "--experts", "1.5", "-o", "MIXTURE")]
    [InlineData("calibrate", "-m", "MIXTURE", "-f", "TEXT", "--experts", "1.5", "-o", "TEXT")]
    public void An_output_that_is_an_input_is_refused_and_the_input_unharmed(params string[] arguments)
    {
        Dictionary<string, byte[]> files = new()
        {
            ["MODEL"] = File.ReadAllBytes(Spud.Stories),
            ["MIXTURE"] = File.ReadAllBytes(TestData.Path("stories260K/stories260K-moe4x-noise-q8_0.gguf")),
            ["TEXT"] = [.. "Once upon a time there was a little girl named Lily. She liked to play."u8],
            ["PIPELINE"] = [.. """{ "cache": { "format": "f32" } }"""u8],
            ["OTHER"] = [.. "{}"u8],
            ["PRICES"] = [.. """{ "name": "n", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 1 }] }"""u8],
        };
        foreach ((string name, byte[] content) in files)
            _folder.Write(name, content);

        File.CreateSymbolicLink(_folder.File("LINK"), _folder.File("MODEL"));
        Spud.Run([.. arguments.Select(argument => files.ContainsKey(argument) || argument == "LINK" ? _folder.File(argument) : argument)]).Refused(2, "would overwrite");
        Assert.All(files, file => Assert.Equal(file.Value, File.ReadAllBytes(_folder.File(file.Key))));
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("HUP")]
    public void An_old_receipt_survives_the_end_of_a_request_that_is_killed(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs POSIX signals");
        Assert.SkipWhen(signal == "HUP" && HangupIsIgnored(), "the tests run under nohup, and so does what they start");
        string receipt = _folder.Write("receipt.json", "old"u8);
        Process process = Spud.Start(Spud.Program, ["run", "--raw", "--max-tokens", "8000", "--temperature", "0", "--receipt", receipt, "A story: Once upon a time"]);
        process.StandardOutput.Read();
        Spud.Signal(process, signal);
        Spud.Finish(process, []);
        if (signal == "KILL")
            Assert.Equal("old", File.ReadAllText(receipt));
        else
            Assert.Contains("\"outcome\": \"cancelled\"", File.ReadAllText(receipt));
    }

    private static bool HangupIsIgnored()
    {
        const string Ignored = "SigIgn:";
        string? line = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Ignored, StringComparison.Ordinal)) : null;
        return line is not null && (Convert.ToUInt64(line[Ignored.Length..].Trim(), 16) & 1) != 0;
    }
}

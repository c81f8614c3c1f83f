using System.Runtime.Versioning;

namespace Spud.Host.Tests.EndToEnd;

public sealed class BadInputTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    public void An_empty_prompt_is_refused(string prompt) => Spud.Run("run", prompt).Refused(2, "prompt is empty");

    [Fact]
    public void An_empty_file_or_input_as_prompt_is_refused()
    {
        using TempFolder folder = new();
        Spud.Run("run", "-f", folder.Write("empty.txt", [])).Refused(2, "prompt is empty");
        Spud.Run("\r\n"u8.ToArray(), ["run", "-f", "-"]).Refused(2, "prompt is empty");
    }

    [Fact]
    public void No_prompt_and_two_prompts_are_refused()
    {
        Spud.Run("run").Refused(2, "no prompt");
        Spud.Run("run", "-f", "-", "Hello").Refused(2, "twice");
    }

    [Fact]
    public void A_prompt_longer_than_the_context_says_how_long_it_is_and_how_long_it_may_be() =>
        Spud.Run("run", "--raw", "-m", Spud.Stories, "--ctx", "8", "Once upon a time there was a little girl named Lily").Refused(2, "tokens", "context of 8");

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused_with_their_offset()
    {
        using TempFolder folder = new();
        string file = folder.Write("latin.txt", Spud.NotUtf8);
        Spud.Run("run", "-f", file).Refused(2, "latin.txt", "0xff at offset 5");
        Spud.Run("score", "-f", file).Refused(2, "0xff at offset 5");
        Spud.Run(Spud.NotUtf8, ["tokenize", "-f", "-"]).Refused(2, "standard input", "0xff at offset 5");
    }

    [Fact]
    public void A_missing_file_and_a_directory_are_refused()
    {
        using TempFolder folder = new();
        Spud.Run("run", "-f", folder.File("missing.txt")).Refused(2, "missing.txt", "no such file");
        Spud.Run("run", "-f", folder.Path).Refused(2, folder.Path, "directory");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void An_unreadable_file_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix file modes");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may read everything: run the tests as another user");
        using TempFolder folder = new();
        string secret = folder.Write("secret.txt", "secret"u8);
        File.SetUnixFileMode(secret, UnixFileMode.None);
        Spud.Run("run", "-f", secret).Refused(2, "secret.txt", "denied");
    }

    [Fact]
    public void A_missing_model_a_directory_a_text_file_and_a_truncated_model_are_refused()
    {
        using TempFolder folder = new();
        byte[] model = File.ReadAllBytes(Spud.Stories);
        Spud.Run("run", "-m", folder.File("missing.gguf"), "Hello").Refused(2, "missing.gguf");
        Spud.Run("run", "-m", folder.Path, "Hello").Refused(2, folder.Path);
        Spud.Run("run", "-m", folder.Write("text.gguf", "This is no model, but long enough to be one."u8), "Hello").Refused(2, "text.gguf");
        Spud.Run("run", "-m", folder.Write("half.gguf", model.AsSpan(0, model.Length / 2)), "Hello").Refused(2, "half.gguf");
        Spud.Run("tokenize", "-m", folder.File("missing.gguf"), "Hello").Refused(2, "missing.gguf");
    }

    [Fact]
    public void Faults_of_a_pipeline_file_are_refused_with_their_place()
    {
        using TempFolder folder = new();
        Spud.Run("run", "-p", folder.File("missing.json"), "Hello").Refused(2, "missing.json");
        Spud.Run("run", "-p", folder.Write("broken.json", "{\n  \"model\": ,\n}"u8), "Hello").Refused(2, "broken.json:2:");
        Spud.Run("run", "-p", folder.Write("wrong.json", """{ "exprts": { "use": "cpu" } }"""u8), "Hello").Refused(2, "wrong.json:1:", "Did you mean 'experts'?");
        Spud.Run("run", "--set", "experts.use=cpi", "Hello").Refused(2, "cpi", "cpu");
        Spud.Run("run", "--set", "cache.formt=f32", "Hello").Refused(2, "formt", "format");
    }

    [Fact]
    public void A_plugin_folder_that_is_missing_is_refused() =>
        Spud.Run("run", "--plugins", "/nowhere/at/all", "Hello").Refused(2, "/nowhere/at/all");

    [Theory]
    [InlineData(48)]
    [InlineData(64)]
    [InlineData(96)]
    public void Too_low_a_limit_on_open_files_is_one_error_with_the_way_out(int files)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limit is read from /proc");
        Spud.Shell($"ulimit -n {files}; \"$SPUD\" run Hello").Refused(1, $"may open {files} files", "ulimit -n 1024");
    }

    [Fact]
    public void Too_low_a_limit_on_threads_is_one_error_and_no_plugins_fault()
    {
        // Only root can start a process that nobody else's threads count against.
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv") && File.Exists("/bin/bash"), "needs root and setpriv");
        bool answered = false;
        for (int threads = 5; !answered && threads < 60; threads++)
        {
            Outcome outcome = Spud.Shell($"setpriv --reuid=65533 --regid=65533 --clear-groups bash -c 'ulimit -u {threads}; exec \"$SPUD\" run --raw --threads 4 --max-tokens 1 -m {Spud.Stories} Hi'");
            answered = outcome.ExitCode == 0;
            // With fewer still, .NET itself cannot start.
            if (!answered && !outcome.Error.Contains("CoreCLR", StringComparison.Ordinal))
                outcome.Refused(1, "the system refuses memory or threads", "ulimit -v, -u");
        }

        Assert.True(answered);
        Spud.Shell($"setpriv --reuid=65533 --regid=65533 --clear-groups bash -c 'ulimit -u 40; exec \"$SPUD\" run --raw --threads 500 --max-tokens 1 -m {Spud.Stories} Hi'").Refused(1, "the system refuses memory or threads");
    }

    [Theory]
    [InlineData("<&-", 0, "")]
    [InlineData("2>&-", 0, "")]
    [InlineData(">&-", 1, "standard output is closed")]
    [InlineData("2>/dev/full", 0, "")]
    [InlineData(">/dev/full", 1, "")]
    public void A_standard_stream_that_is_closed_or_full_neither_hangs_nor_crashes(string redirection, int exitCode, string words)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what a descriptor is, is read from /proc");
        Outcome outcome = Spud.Shell($"\"$SPUD\" run --raw -m \"{Spud.Stories}\" --max-tokens 2 Once {redirection}");
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(words, outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Error);
    }

    [Theory]
    [InlineData("chat -m", 2)]
    [InlineData("run -f - -m", 2)]
    [InlineData("tokenize -f - -m", 0)]
    public void A_closed_standard_input_is_an_empty_one(string command, int exitCode) =>
        Assert.Equal(exitCode, Spud.Shell($"timeout 60 \"$SPUD\" {command} \"{Spud.Stories}\" <&-").ExitCode);

    [Theory]
    [InlineData("--max-token", "5", "Did you mean '--max-tokens'?")]
    [InlineData("--temprature", "5", "Did you mean '--temperature'?")]
    public void An_unknown_option_is_refused_with_the_nearest(string option, string value, string hint) =>
        Spud.Run("run", option, value).Refused(2, option, hint);

    [Fact]
    public void An_unknown_command_is_refused_with_the_nearest() => Spud.Run("rnu", "Hello").Refused(2, "Unknown command 'rnu'", "Did you mean 'run'?");

    [Theory]
    [InlineData("--temperature", "-1")]
    [InlineData("--temperature", "NaN")]
    [InlineData("--temperature", "warm")]
    [InlineData("--top-p", "1.5")]
    [InlineData("--min-p", "2")]
    [InlineData("--top-k", "-1")]
    [InlineData("--max-tokens", "0")]
    [InlineData("--seed", "-1")]
    [InlineData("--threads", "0")]
    [InlineData("--ctx", "0")]
    [InlineData("--stop", "")]
    public void A_value_out_of_its_range_is_refused(string option, string value) => Spud.Run("run", option, value, "Hello").Refused(2, option, "expected");
}

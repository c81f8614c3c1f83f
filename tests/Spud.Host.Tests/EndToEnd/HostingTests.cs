using System.Diagnostics;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>Long commands run inside the generic host, with settings and a log file; short ones start without it.</summary>
public sealed class HostingTests : IDisposable
{
    private static readonly string[] s_hosting = ["Microsoft.Extensions.Hosting*", "Microsoft.Extensions.Configuration*", "Microsoft.Extensions.DependencyInjection*", "Serilog*", "Microsoft.Data.Sqlite*", "SQLitePCLRaw*"];

    private readonly TempFolder _temp = new();

    private string Log => _temp.File("spud.log");

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("run", "--raw", "--max-tokens", "1", "Once")]
    [InlineData("plugins")]
    [InlineData("explain")]
    [InlineData("doctor")]
    [InlineData("chat", "--help")]
    public void Short_commands_and_help_need_nothing_of_the_host(params string[] arguments)
    {
        // A copy of the program without the assemblies, and without the list that demands them.
        string folder = Path.GetDirectoryName(Spud.Program)!;
        foreach (string file in Directory.EnumerateFiles(folder).Where(file => !file.EndsWith(".deps.json", StringComparison.Ordinal)))
            File.Copy(file, _temp.File(Path.GetFileName(file)));
        foreach (string file in s_hosting.SelectMany(pattern => Directory.GetFiles(_temp.Path, pattern)))
            File.Delete(file);

        Directory.CreateSymbolicLink(_temp.File("plugins"), Path.Combine(folder, "plugins"));
        string[] model = arguments[0] is "plugins" or "chat" ? [] : ["-m", Spud.Stories];
        Spud.Finish(Spud.Start(_temp.File(Path.GetFileName(Spud.Program)), [.. arguments, .. model]), []).Succeeded();
    }

    [Fact]
    public void The_log_has_messages_requests_and_errors_with_their_stack_traces()
    {
        Spud.Run("/wrong\nHello\n"u8.ToArray(), ["chat", "--max-tokens", "2", "--log", Log]).Succeeded();
        Spud.Run("bench", "-m", "no-such.gguf", "--log", Log);
        string log = File.ReadAllText(Log);
        Assert.Matches(@"ERR messages: error: unknown command '/wrong'", log);
        Assert.Matches(@"INF requests: text_completion .*gen_ai.usage.output_tokens 2", log);
        Assert.Matches(@"INF spud chat: end: exit code 0", log);
        Assert.Matches(@"ERR spud bench: end: exit code 2\n[^\n]*no-such\.gguf[^\n]*\n   at ", log);
    }

    [Fact]
    public void The_log_begins_a_new_file_at_its_size_and_keeps_the_last_ones()
    {
        File.WriteAllLines(_temp.File("lines"), Enumerable.Repeat("/wrong", 20_000));
        Spud.Shell($"SPUD_Log__Megabytes=1 SPUD_Log__Files=2 SPUD_Log__File='{Log}' \"$SPUD\" chat < '{_temp.File("lines")}'").Succeeded();
        FileInfo[] files = new DirectoryInfo(_temp.Path).GetFiles("spud*.log");
        Assert.Equal(2, files.Length);
        Assert.DoesNotContain(files, file => file.Name == "spud.log");
        Assert.All(files, file => Assert.InRange(file.Length, 1, (1 << 20) + 1024));
    }

    [Fact]
    public void A_file_that_is_not_a_log_is_left_alone()
    {
        string model = _temp.File("m.gguf");
        File.Copy(Spud.Stories, model);
        byte[] before = File.ReadAllBytes(model);
        Spud.Run("bench", "-m", model, "--log", model).Refused(2, "m.gguf", "is neither a log nor an empty file");
        Assert.Equal(before, File.ReadAllBytes(model));
    }

    [Fact]
    public void Settings_are_read_from_the_users_file_and_wrong_ones_are_refused()
    {
        string settings = Path.Combine(Directory.CreateDirectory(_temp.File("spud")).FullName, "settings.json");
        File.WriteAllText(settings, $$"""{ "Log": { "File": "{{Log}}" } }""");
        Spud.RunAt(_temp.Path, "bench", "-m", "no-such.gguf");
        Assert.Contains("no-such.gguf", File.ReadAllText(Log));
        File.WriteAllText(settings, """{ "Log": { "Files": -1 } }""");
        Spud.RunAt(_temp.Path, "bench", "-m", Spud.Stories).Refused(2, "setting Log:Files: expected a whole number from 1 to 1000, got '-1'", "SPUD_Log__Files");
        File.WriteAllText(settings, "{");
        Spud.RunAt(_temp.Path, "bench", "-m", Spud.Stories).Refused(2, settings, "cannot be read");
    }

    [Fact]
    public void A_signal_that_ends_the_process_is_in_the_log()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("needs signals");

        using Process chat = Spud.Start(Spud.Program, ["chat", "--max-tokens", "1", "--log", Log]);
        chat.StandardInput.WriteLine("Hello");
        chat.StandardInput.Flush();
        chat.StandardOutput.ReadLine();
        Spud.Signal(chat, "TERM");
        Assert.Equal(ExitCodes.Interrupted, Spud.Finish(chat, []).ExitCode);
        Assert.Contains("WRN Spud.Host.ShellLifetime: the process is asked to end: SIGTERM", File.ReadAllText(Log));
    }
}

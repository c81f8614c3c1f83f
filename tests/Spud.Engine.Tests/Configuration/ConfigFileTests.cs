using System.Text;
using Spud.Configuration;
using Spud.Models.Messages;
using Xunit;

namespace Spud.Tests.Configuration;

public sealed class ConfigFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spud-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_value_knows_its_place()
    {
        FaultList faults = new();
        ConfigObject tree = ConfigFile.Parse("{\r\n  // a comment\r\n  \"a\": [ 1, { \"b\": \"c\" }, ],\r\n}"u8, "p.json", faults)!;
        ConfigNode b = ((ConfigObject)((ConfigArray)tree["a"]!).Items[1])["b"]!;

        Assert.Equal(0, faults.Count);
        Assert.Equal(("$.a[1].b", "p.json:3:20", "p.json:3:15"), (b.Path, b.Origin.ToString(), b.NameOrigin.ToString()));
    }

    [Theory]
    [InlineData("{\n  \"a\" 1\n}", "p.json:2:7: invalid JSON: '1' is invalid after a property name. Expected a ':'.")]
    [InlineData("{ \"a\": tru }", "p.json:1:11: invalid JSON: 'tru }' is an invalid JSON literal. Expected the literal 'true'.")]
    [InlineData("{ \"a\": 1 ", "p.json:1:10: invalid JSON: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed.")]
    [InlineData("{} {}", "p.json:1:4: invalid JSON: '{' is invalid after a single JSON value. Expected end of data.")]
    [InlineData("{ \"é𝄞\": 01 }", "p.json:1:11: invalid JSON: Invalid leading zero before '1'.")]
    [InlineData("model = x", "p.json:1:1: invalid JSON: 'm' is an invalid start of a value.")]
    [InlineData("[1]", "p.json:1:1: expected an object, got an array. Begin the file with '{'.")]
    [InlineData("\"cpu\"", "p.json:1:1: expected an object, got \"cpu\". Begin the file with '{'.")]
    [InlineData("", "p.json:1:1: the file is empty, expected a JSON object.")]
    [InlineData(" \r\n\t", "p.json:1:1: the file is empty, expected a JSON object.")]
    public void What_is_no_JSON_object_is_refused_with_line_and_column(string json, string expected) =>
        Assert.Equal(expected, Fault(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Invalid_UTF8_is_refused_with_line_and_column() =>
        Assert.Equal("p.json:2:3: invalid UTF-8: byte 0xFF begins no character. Save the file as UTF-8.", Fault([.. "{\n\"é"u8, 0xFF, .. "\":1}"u8]));

    [Fact]
    public void A_file_saved_as_UTF16_is_refused() =>
        Assert.Equal("p.json:1:1: invalid UTF-8: byte 0xFF begins no character. Save the file as UTF-8.", Fault([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}")]));

    [Fact]
    public void A_byte_order_mark_is_no_fault_and_no_column()
    {
        FaultList faults = new();
        ConfigObject tree = ConfigFile.Parse([0xEF, 0xBB, 0xBF, .. "{\"a\":1}"u8], "p.json", faults)!;

        Assert.Equal((0, "p.json:1:6"), (faults.Count, tree["a"]!.Origin.ToString()));
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        string deepest = string.Concat(Enumerable.Repeat("{\"a\":", 63)) + "[]" + new string('}', 63);
        FaultList faults = new();

        Assert.NotNull(ConfigFile.Parse(Encoding.UTF8.GetBytes(deepest), "p.json", faults));
        Assert.Equal("p.json:1:317: nested deeper than 64 levels.", Fault(Encoding.UTF8.GetBytes(deepest.Replace("[]", "[[]]", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_million_brackets_end_at_the_bound() =>
        Assert.Equal("p.json:1:65: nested deeper than 64 levels.", Fault(Encoding.UTF8.GetBytes(new string('[', 1_000_000))));

    [Fact]
    public void A_missing_file_is_a_fault()
    {
        string path = Path.Combine(_folder, "absent.json");
        Assert.Equal($"{QuotedText.Of(path)}: no such file.", LoadFault(path));
    }

    [Fact]
    public void A_directory_is_a_fault() => Assert.Equal($"{QuotedText.Of(_folder)}: is a directory, expected a JSON file.", LoadFault(_folder));

    [Fact]
    public void A_file_that_is_too_large_is_a_fault()
    {
        string path = Write(new byte[ConfigFile.MaxBytes + 1]);
        Assert.Equal($"{QuotedText.Of(path)}: is larger than 1048576 bytes, which no configuration needs.", LoadFault(path));
    }

    [Fact]
    public void A_file_without_end_is_read_to_the_bound()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "needs /dev/zero");
        Assert.Equal("/dev/zero: is larger than 1048576 bytes, which no configuration needs.", LoadFault("/dev/zero"));
    }

    [Fact]
    public void A_file_that_fails_while_it_is_read_is_a_fault()
    {
        Assert.SkipUnless(File.Exists("/proc/self/mem"), "needs /proc/self/mem, whose first page cannot be read");
        Assert.StartsWith("/proc/self/mem: cannot be read: ", LoadFault("/proc/self/mem"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_permission_is_a_fault()
    {
        Assert.SkipWhen(Environment.UserName == "root", "needs a user whom file modes bind");
        string path = Write("{}"u8.ToArray());
        if (OperatingSystem.IsWindows())
            Assert.Skip("needs file modes");
        else
            File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.Equal($"{QuotedText.Of(path)}: may not be read: permission denied.", LoadFault(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_name_that_no_file_can_have_is_a_fault(string path) => Assert.EndsWith(": no such file.", LoadFault(path), StringComparison.Ordinal);

    private string Write(byte[] content)
    {
        string path = Path.Combine(_folder, "p.json");
        File.WriteAllBytes(path, content);
        return path;
    }

    private static string LoadFault(string path)
    {
        FaultList faults = new();
        Assert.Null(ConfigFile.Load(path, faults));
        return Assert.Single(faults.InOrder()).ToString();
    }

    private static string Fault(byte[] content)
    {
        FaultList faults = new();
        Assert.Null(ConfigFile.Parse(content, "p.json", faults));
        return Assert.Single(faults.InOrder()).ToString();
    }
}

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using Spud;

namespace Backend.Torch.Native;

/// <summary>Loads the shim, and with it libtorch, once a process.</summary>
internal static partial class TorchLibrary
{
    private const string FileName = "libspud_torch.so";
    private const string Remedy = "Run ./spud setup torch.";
    private static readonly Lazy<string?> s_missing = new(Load);

    /// <summary>Why libtorch cannot be used here and what to do; null if it can.</summary>
    public static string? Missing => s_missing.Value;

    /// <summary>Gives libtorch as many threads as the pipeline has; called by every component that is built.</summary>
    /// <exception cref="RefusedException">It is not there.</exception>
    public static void Use(IBuildContext build)
    {
        if (Missing is { } reason)
            throw new RefusedException(reason);

        Shim.Require(Shim.Threads(build.Pool.Threads));
        if (Shim.OpenBlasThreads() == 0 && Shim.Text(Shim.Config()).Contains("BLAS_INFO=generic", StringComparison.Ordinal))
            build.Log("libtorch computes with a BLAS that may be thirty times slower than OpenBLAS: apt-get install libopenblas0-pthread");
    }

    private static string? Load()
    {
        if (!OperatingSystem.IsLinux())
            return "backend.torch runs on Linux only so far: its shim is built there.";

        string path = Path.Combine(Path.GetDirectoryName(typeof(TorchLibrary).Assembly.Location)!, FileName);
        if (!File.Exists(path))
            return $"{path} is missing: libtorch is not set up. {Remedy}";

        SetEnvironment();
        try
        {
            // The handle stays: it is what the calls of this process go through.
            NativeLibrary.Load(path);
        }
        catch (Exception fault) when (fault is DllNotFoundException or BadImageFormatException)
        {
            return $"{path} does not load: {fault.Message.ReplaceLineEndings(" ").Trim()} A library that it was built with is gone or has changed. {Remedy}";
        }

        return WrongVersion(path);
    }

    private static string? WrongVersion(string path)
    {
        if (Shim.Abi() is var abi && abi != Abi.Version)
            return $"{path} is of another version of Spud (border {abi}, expected {Abi.Version}). {Remedy}";

        // Debian's 1.13.1 calls itself 1.13.0 in one place: major and minor decide.
        string built = Shim.Text(Shim.Built()), running = Running().Match(Shim.Text(Shim.Config())).Groups[1].Value;
        return running.Length == 0 || MajorMinor(running) == MajorMinor(built)
            ? null
            : $"{path} was built with libtorch {built}, but libtorch {running} is what was loaded. {Remedy}";
    }

    private static string MajorMinor(string version) => string.Join('.', version.Split('.').Take(2));

    [GeneratedRegex(@"TORCH_VERSION=([\w.]+)")]
    private static partial Regex Running();

    // Read by the libraries while they are loaded; what .NET sets does not reach them, and what the user set stays.
    private static void SetEnvironment()
    {
        // Threads that wait for work spin for some 50 microseconds, as Spud's own do, and then sleep: long enough for the next product of
        // a layer, too short to take the processor from others. libgomp counts turns, OpenBLAS 2^n clock ticks.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            SetVariable("GOMP_SPINCOUNT", "1000");
        SetVariable("OPENBLAS_THREAD_TIMEOUT", "17");
        // Debian's OpenBLAS 0.3.21 knows no processor younger than itself, and takes kernels that are half as fast or less.
        if (Avx512F.IsSupported)
            SetVariable("OPENBLAS_CORETYPE", "SkylakeX");
    }

    private static void SetVariable(string name, string value) => _ = SetEnv(name, value, overwrite: 0);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}

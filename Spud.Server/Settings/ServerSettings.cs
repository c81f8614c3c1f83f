namespace Spud.Server.Settings;

/// <summary>
/// Settings of the server: the section <c>Serve</c> of the settings file, of the environment (<c>SPUD_Serve__Port=8080</c>) and of the command
/// line (<c>--Serve:Port=8080</c>), later ones replacing earlier ones.
/// </summary>
internal sealed class ServerSettings
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Serve";

    /// <summary>Address to listen on: an IP address, <c>localhost</c>, or <c>*</c> for all.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Port; 0 for a free one.</summary>
    public int Port { get; set; } = 8080;

    /// <summary>Whether to listen elsewhere than on this machine without keys.</summary>
    public bool Insecure { get; set; }

    /// <summary>Certificate file for TLS: PKCS#12, or PEM together with <see cref="CertificateKey"/>.</summary>
    public string? Certificate { get; set; }

    /// <summary>Private key of a PEM certificate.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>Password of the certificate or of its key.</summary>
    public string? CertificatePassword { get; set; }

    /// <summary>Origins of web pages that may call the server; <c>*</c> for all. None by default.</summary>
    public string[] Origins { get; set; } = [];

    /// <summary>Maximum size of a request's body, in 2^20 bytes.</summary>
    public int BodyMegabytes { get; set; } = 16;

    /// <summary>How long a client may take to send a request's headers.</summary>
    public double HeaderSeconds { get; set; } = 10;

    /// <summary>How long a client may go without reading its answer; while it sends its body, at most 5 seconds.</summary>
    public double StallSeconds { get; set; } = 30;

    /// <summary>Maximum number of connections.</summary>
    public int Connections { get; set; } = 4096;

    /// <summary>Maximum number of answers that are waited for or being generated; more are refused with 429.</summary>
    public int Answers { get; set; } = 1024;

    /// <summary>Maximum <c>n</c> of a request.</summary>
    public int Choices { get; set; } = 8;

    /// <summary>Texts that each model generates at the same time.</summary>
    public int Sequences { get; set; } = 8;

    /// <summary>Number of texts that can fill the context at the same time; others get the remaining memory. Null for all.</summary>
    public int? FullSequences { get; set; } = 4;

    /// <summary>Maximum rows of a step.</summary>
    public int Rows { get; set; } = 512;

    /// <summary>Time between two tokens of an answer that should rarely be exceeded while other prompts are read.</summary>
    public double TokenGapSeconds { get; set; } = 0.25;

    /// <summary>Maximum number of tokens in texts that each model keeps after their requests; null for twice the context.</summary>
    public int? KeptTokens { get; set; }

    /// <summary>Folder for texts of requests that give their pages back to others; null to compute these texts again.</summary>
    public string? SwapFolder { get; set; }

    /// <summary>Compute threads; null for one per processor.</summary>
    public int? Threads { get; set; }

    /// <summary>Maximum number of models in memory; the one used least recently makes room for another.</summary>
    public int LoadedModels { get; set; } = 1;

    /// <summary>What the models in memory may take together, in 2^20 bytes; null for nine tenths of the machine's or container's memory.</summary>
    public long? ModelMegabytes { get; set; }

    /// <summary>Interval of signs of life in a stream without tokens.</summary>
    public double KeepAliveSeconds { get; set; } = 10;

    /// <summary>How long running answers may take to finish when the server is asked to end.</summary>
    public double DrainSeconds { get; set; } = 30;

    /// <summary>After how long a single step counts as hanging.</summary>
    public double HangSeconds { get; set; } = 120;

    /// <summary>How long a component may hang before the process ends.</summary>
    public double HangGraceSeconds { get; set; } = 30;

    /// <summary>Whether reasoning is also sent as <c>reasoning</c>, as some clients expect.</summary>
    public bool DuplicateReasoning { get; set; }

    /// <summary>Price list; null for answers without a price.</summary>
    public string? Prices { get; set; }

    /// <summary>Accounts: a SQLite file, or a connection string of PostgreSQL; null for a server that everybody may use.</summary>
    public string? Accounts { get; set; }

    /// <summary>Name of this server among those with the same accounts; null for machine and port.</summary>
    public string? ServerName { get; set; }

    /// <summary>With accounts: how long after its last sign of life another server may take up this one's jobs.</summary>
    public double LeaseSeconds { get; set; } = 30;

    /// <summary>With accounts: budget of a request that has none, in CU.</summary>
    public decimal DefaultBudget { get; set; } = 1000;

    /// <summary>Folders searched for plugins.</summary>
    public string[] Plugins { get; set; } = [];

    /// <summary>Models by the name that requests use.</summary>
    public Dictionary<string, ModelSettings> Models { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Name of the model for requests that name none, loaded first; null for the first by name.</summary>
    public string? DefaultModel { get; set; }

    /// <summary>The model that is served if <see cref="Models"/> is empty; its name is that of its file.</summary>
    public ModelSettings? Embedded { get; set; }

    /// <summary>What the models in memory may take together, in bytes.</summary>
    public long ModelBytes => ModelMegabytes is { } megabytes ? megabytes << 20 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 9;

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingsException">A setting is unknown or out of range.</exception>
    public static ServerSettings Of(IConfiguration configuration)
    {
        ServerSettings settings = new();
        try
        {
            configuration.GetSection(Section).Bind(settings, static options => options.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException fault)
        {
            throw new SettingsException($"settings {Section}: {fault.Message}");
        }

        settings.Validate();
        return settings;
    }

    private void Validate()
    {
        Require(nameof(Port), Port, 0, 65535);
        Require(nameof(BodyMegabytes), BodyMegabytes, 1, 1024);
        Require(nameof(HeaderSeconds), HeaderSeconds, 0.1, 3600);
        Require(nameof(StallSeconds), StallSeconds, 2, 3600);
        Require(nameof(Connections), Connections, 1, 1_000_000);
        Require(nameof(Answers), Answers, 1, 1_000_000);
        Require(nameof(Choices), Choices, 1, 128);
        Require(nameof(Sequences), Sequences, 1, 4096);
        Require(nameof(FullSequences), FullSequences ?? 1, 1, 4096);
        Require(nameof(Rows), Rows, 1, 1 << 20);
        Require(nameof(TokenGapSeconds), TokenGapSeconds, 0.001, 3600);
        Require(nameof(KeptTokens), KeptTokens ?? 1, 1, int.MaxValue);
        Require(nameof(Threads), Threads ?? 1, 1, 1024);
        Require(nameof(LoadedModels), LoadedModels, 1, 1024);
        Require(nameof(ModelMegabytes), ModelMegabytes ?? 1, 1, 1L << 40);
        Require(nameof(KeepAliveSeconds), KeepAliveSeconds, 0.01, 3600);
        Require(nameof(DrainSeconds), DrainSeconds, 0, 86400);
        Require(nameof(LeaseSeconds), LeaseSeconds, 0.5, 3600);
        Require(nameof(DefaultBudget), (double)DefaultBudget, 1e-9, 9e9);
        Require(nameof(HangSeconds), HangSeconds, 0.1, 86400);
        Require(nameof(HangGraceSeconds), HangGraceSeconds, 0, 86400);
        if (Certificate is null && (CertificateKey ?? CertificatePassword) is not null)
            throw new SettingsException($"{Section}:CertificateKey and {Section}:CertificatePassword need {Section}:Certificate.");
        if (Models.Count == 0 && Embedded is null)
            throw new SettingsException($"there is no model. Start the server with 'spud serve', or set {Section}:Models:NAME:Model to a GGUF file.");
        if (DefaultModel is { } name && !Models.ContainsKey(name))
            throw new SettingsException($"{Section}:DefaultModel: there is no model '{name}'. There is: {string.Join(", ", Models.Keys)}.");
    }

    private static void Require(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            throw new SettingsException(FormattableString.Invariant($"{Section}:{name}: expected {least} to {most}, got {value}."));
    }
}

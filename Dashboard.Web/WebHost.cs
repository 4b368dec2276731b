using System.Net;
using System.Net.Sockets;
using Crossbench.Datasets.Imports;
using Crossbench.Launching;
using Crossbench.Web.Api;
using Crossbench.Web.Components;
using Crossbench.Web.Live;
using Crossbench.Web.Security;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Radzen;

namespace Crossbench.Web;

/// <summary>Serves the pages.</summary>
internal static class WebHost
{
    private const int BadInput = 2;

    /// <summary>A suite of some thousand lines comes in one message; the usual limit of 32 KiB would end the circuit.</summary>
    private const int LongestMessage = 1 << 20;

    /// <summary>Serves until it is told to end.</summary>
    /// <returns>The exit code: 0, or 2 with a message on standard error when it cannot begin.</returns>
    public static async Task<int> RunAsync(ServeOptions options, CancellationToken cancellation)
    {
        if (AddressOf(options.Host) is not { } address)
        {
            return await RefuseAsync($"\"{options.Host}\" is not an address of this machine. Give --host 127.0.0.1 for this machine alone, or 0.0.0.0 for the network.");
        }

        if (options.UploadLimit <= 0)
        {
            return await RefuseAsync($"{options.UploadLimit / ServeOptions.Mebibyte} is not a size. Give a number of MiB above 0 with --upload-limit MIB.");
        }

        try
        {
            // First of all: who finds the folder served wants to know where, and not that the port is taken, too.
            using var folder = FolderLock.Take(options.Data);
            if (BindFailure(address, options) is { } reason)
            {
                return await RefuseAsync(reason);
            }

            var token = HostGuard.IsLoopbackName(options.Host) ? null : new LoginToken();
            await using var app = Build(options, address, token, services => services.AddCrossbench(options.Data, options.Slots, options.Patience));
            await app.StartAsync(cancellation);
            folder.Note(Announce(app, options, token));
            await app.WaitForShutdownAsync(cancellation);
            return 0;
        }
        catch (SpecException error)
        {
            return await RefuseAsync(error.Message);
        }
    }

    /// <summary>Puts the application together without starting it.</summary>
    internal static WebApplication Build(ServeOptions options, IPAddress address, LoginToken? token, Action<IServiceCollection> addCore)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = typeof(WebHost).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Listen(address, options.Port);
        });
        var log = new ServerLog(TimeProvider.System);
        Log(builder.Logging.ClearProviders().AddProvider(log));
        var services = builder.Services;
        services.AddSingleton(log);
        services.AddSingleton(options).AddSingleton(options.Data).AddSingleton(new ImportFolder(options.Data, TimeProvider.System)).AddSingleton(TimeProvider.System).AddScoped<PageVisibility>();
        services.AddRadzenComponents();
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = LongestMessage);

        // Keys live as long as the process: a circuit does not outlive it either, and nothing is written to the home folder.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        addCore(services);
        var app = builder.Build();
        UsePipeline(app, options, token);
        return app;
    }

    // Standard output is for data. Keys that live in memory need no warning.
    private static void Log(ILoggingBuilder logging) => logging
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        .SetMinimumLevel(LogLevel.Warning)
        .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
        // A page that was open over a restart comes back with a cookie of the former process; it gets a new one.
        .AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Critical);

    private static void UsePipeline(WebApplication app, ServeOptions options, LoginToken? token)
    {
        app.Use(SecurityHeaders.InvokeAsync);
        app.Use(new HostGuard(options.Host).InvokeAsync);
        if (token is not null)
        {
            app.Use(token.InvokeAsync);
        }

        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(UnknownAddress.InvokeAsync);
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapGet(Urls.Imports + "/{name}", (string name, ImportFolder imports) =>
            imports.Find(name) is { } file ? Results.File(file.Path, "application/octet-stream", file.Name, file.Since, enableRangeProcessing: true) : Results.NotFound());
        RunApi.Map(app);
        SuiteApi.Map(app);
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null);
    }

    /// <summary>Prints the address, and returns it without the token.</summary>
    private static string Announce(WebApplication app, ServeOptions options, LoginToken? token)
    {
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var port = new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        var host = options.Host is "0.0.0.0" or "::" or "*" ? Environment.MachineName : options.Host;
        var address = $"http://{(host.Contains(':') ? $"[{host}]" : host)}:{port}/";
        Console.Out.WriteLine($"Crossbench is at {address}{(token is null ? "" : $"?token={token.Value}")}");
        Console.Out.Flush();
        return address;
    }

    private static IPAddress? AddressOf(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : null,
    };

    // Tried before anything is opened: a start that cannot listen touches no store and starts no worker.
    private static string? BindFailure(IPAddress address, ServeOptions options)
    {
        if (options.Port is < 0 or > ushort.MaxValue)
        {
            return $"{options.Port} is not a port. Give a number from 0 to 65535 with --port N; 0 takes a free one.";
        }

        try
        {
            using var listener = new TcpListener(address, options.Port);
            listener.Start();
            return null;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"Port {options.Port} is in use by another program. Give a free one with --port N, or --port 0 to take any.",
                SocketError.AccessDenied => $"Port {options.Port} is reserved for the system. Give one above 1023 with --port N.",
                SocketError.AddressNotAvailable => $"{options.Host} is not an address of this machine. Give --host 127.0.0.1, or 0.0.0.0 for the network.",
                _ => $"Cannot listen on {options.Host}, port {options.Port}: {error.Message}. Give another --host or --port.",
            };
        }
    }

    private static async Task<int> RefuseAsync(string reason)
    {
        await Console.Error.WriteLineAsync(reason);
        return BadInput;
    }
}

using Crowsnest.Azure;
using Crowsnest.Azure.Storage;
using Crowsnest.Functions;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.ConfigureKestrel(static (context, kestrel) =>
{
    // The Functions host calls over loopback and tells the port; a batch of 100 MB is possible (AZURE: 1 MB an event).
    int port = context.Configuration.GetValue("FUNCTIONS_CUSTOMHANDLER_PORT", 8080);
    kestrel.ListenLocalhost(port);
    kestrel.Limits.MaxRequestBodySize = null;
});
builder.Logging.ClearProviders().AddSimpleConsole(static console => console.SingleLine = true);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Logging.AddFilter("Azure", LogLevel.Warning);
builder.Services.AddCrowsnest(builder.Configuration);
builder.Services.AddHostedService<ParentWatch>();
builder.Services.AddTelemetry(builder.Configuration);

WebApplication app = builder.Build();

// Any answer tells the host that the handler is ready, so it listens only when its storage is.
await app.Services.GetRequiredService<StorageSetup>().RunAsync(app.Lifetime.ApplicationStopping);
app.MapGet("/", static () => Results.Text("Crowsnest"));
app.MapFunctions();
await app.RunAsync();

<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>CalloutRowWords</name>
    <message>
        <source>%1 lacks piece %2</source>
        <translation>A %1 le falta el %2</translation>
    </message>
</context>
<context>
    <name>CalloutWords</name>
    <message>
        <source>the page opens the mailbox</source>
        <translation>la página abre el buzón</translation>
    </message>
    <message>
        <source>a new message</source>
        <translation>un mensaje nuevo</translation>
    </message>
    <message>
        <source>read elsewhere</source>
        <translation>leído en otro sitio</translation>
    </message>
    <message>
        <source>no longer there</source>
        <translation>ya no está</translation>
    </message>
    <message>
        <source>another network</source>
        <translation>otra red</translation>
    </message>
    <message>
        <source>no network</source>
        <translation>sin red</translation>
    </message>
    <message>
        <source>a copy of its own</source>
        <translation>una copia propia</translation>
    </message>
    <message>
        <source>the letter: %1 bytes</source>
        <translation>el mensaje: %1 bytes</translation>
    </message>
    <message>
        <source>no answer for %1</source>
        <translation>sin respuesta para %1</translation>
    </message>
    <message>
        <source>port %1?</source>
        <translation>¿puerto %1?</translation>
    </message>
    <message>
        <source>segment %1: %2 bytes</source>
        <translation>segmento %1: %2 bytes</translation>
    </message>
    <message>
        <source>Third duplicate: resend %1</source>
        <translation>Tercer repetido: reenvía %1</translation>
    </message>
    <message>
        <source>Both ask at once: resend %1</source>
        <translation>Los dos piden a la vez: reenvía %1</translation>
    </message>
    <message>
        <source>Too big: resend %1</source>
        <translation>Demasiado grande: reenvía %1</translation>
    </message>
    <message>
        <source>Time is up: resend %1</source>
        <translation>Se acabó la espera: reenvía %1</translation>
    </message>
    <message>
        <source>A gap: resend %1</source>
        <translation>Un hueco: reenvía %1</translation>
    </message>
    <message>
        <source>No word yet: probe with %1</source>
        <translation>Sin noticias: prueba con %1</translation>
    </message>
    <message>
        <source>%1 without an ACK</source>
        <translation>%1 sin ACK</translation>
    </message>
    <message>
        <source>connection closed</source>
        <translation>conexión cerrada</translation>
    </message>
    <message>
        <source>now via %1</source>
        <translation>ahora por %1</translation>
    </message>
    <message>
        <source>no route now</source>
        <translation>ya no hay ruta</translation>
    </message>
    <message>
        <source>“%1” to %2</source>
        <translation>«%1» para %2</translation>
    </message>
    <message>
        <source>250: accepted</source>
        <translation>250: aceptado</translation>
    </message>
    <message>
        <source>kept for %1</source>
        <translation>guardado para %1</translation>
    </message>
    <message>
        <source>read</source>
        <translation>leído</translation>
    </message>
    <message>
        <source>printed</source>
        <translation>impreso</translation>
    </message>
    <message>
        <source>deleted</source>
        <translation>borrado</translation>
    </message>
    <message>
        <source>the mailbox is full</source>
        <translation>el buzón está lleno</translation>
    </message>
    <message>
        <source>notice to %1</source>
        <translation>aviso a %1</translation>
    </message>
    <message>
        <source>discarded</source>
        <translation>descartado</translation>
    </message>
    <message>
        <source>come again later</source>
        <translation>vuelve más tarde</translation>
    </message>
    <message>
        <source>known from now on</source>
        <translation>conocido desde ahora</translation>
    </message>
    <message>
        <source>into the folder Junk</source>
        <translation>a la carpeta Junk</translation>
    </message>
    <message>
        <source>signed (modelled)</source>
        <translation>firmado (modelo)</translation>
    </message>
    <message>
        <source>too much mail</source>
        <translation>demasiado correo</translation>
    </message>
    <message>
        <source>no relaying</source>
        <translation>no reenvía para otros</translation>
    </message>
    <message>
        <source>stops</source>
        <translation>se para</translation>
    </message>
    <message>
        <source>starts again</source>
        <translation>arranca de nuevo</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>sin red</translation>
    </message>
    <message>
        <source>online again</source>
        <translation>otra vez en red</translation>
    </message>
    <message>
        <source>no server of its own</source>
        <translation>sin servidor propio</translation>
    </message>
    <message>
        <source>no TLS: no password</source>
        <translation>sin TLS no hay contraseña</translation>
    </message>
    <message>
        <source>bad certificate: no password</source>
        <translation>certificado malo: no hay contraseña</translation>
    </message>
    <message>
        <source>TLS fails: no password</source>
        <translation>TLS falla: no hay contraseña</translation>
    </message>
    <message>
        <source>%1 removed</source>
        <translation>%1 quitado</translation>
    </message>
</context>
<context>
    <name>CardWords</name>
    <message>
        <source>seen</source>
        <translation>visto</translation>
    </message>
    <message>
        <source>cannot be opened</source>
        <translation>no se puede abrir</translation>
    </message>
    <message>
        <source>%1 machines</source>
        <translation>%1 máquinas</translation>
    </message>
    <message>
        <source>This file cannot be opened as it is. Mistakes: %1. Choose it to see what they are.</source>
        <translation>Este fichero no se puede abrir así. Errores: %1. Elígelo para ver cuáles son.</translation>
    </message>
</context>
<context>
    <name>DetailWords</name>
    <message>
        <source>spare path</source>
        <translation>camino de reserva</translation>
    </message>
    <message>
        <source>%1 lost</source>
        <translation>pierde %1</translation>
    </message>
    <message>
        <source>queue %1/%2</source>
        <translation>cola %1/%2</translation>
    </message>
</context>
<context>
    <name>DiagnosticWords</name>
    <message>
        <source>&lt;h3&gt;%1 could not be read&lt;/h3&gt;</source>
        <translation>&lt;h3&gt;%1 no se ha podido leer&lt;/h3&gt;</translation>
    </message>
    <message>
        <source>&lt;h3&gt;%1 is no scenario yet&lt;/h3&gt;</source>
        <translation>&lt;h3&gt;%1 todavía no es un escenario&lt;/h3&gt;</translation>
    </message>
    <message>
        <source>line %1, column %2</source>
        <translation>línea %1, columna %2</translation>
    </message>
    <message>
        <source>This file cannot be opened</source>
        <translation>Este archivo no se puede abrir</translation>
    </message>
</context>
<context>
    <name>DialogWords</name>
    <message>
        <source>Help</source>
        <translation>Ayuda</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Atajos</translation>
    </message>
    <message>
        <source>About Mailtrek</source>
        <translation>Acerca de Mailtrek</translation>
    </message>
    <message>
        <source>&lt;p&gt;The font Inter is not installed (package fonts-inter): DejaVu Sans takes its place.&lt;/p&gt;</source>
        <translation>&lt;p&gt;La letra Inter no está instalada (paquete fonts-inter): DejaVu Sans ocupa su lugar.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>&lt;h3&gt;Built with&lt;/h3&gt;&lt;p&gt;Qt %1 (LGPL-3.0), yaml-cpp (MIT), {fmt} (MIT), CLI11 (BSD-3-Clause), JSON for Modern C++ (MIT). Typefaces: Inter (OFL-1.1), DejaVu (Bitstream Vera licence). Packet colours: Okabe and Ito.&lt;/p&gt;</source>
        <translation>&lt;h3&gt;Hecho con&lt;/h3&gt;&lt;p&gt;Qt %1 (LGPL-3.0), yaml-cpp (MIT), {fmt} (MIT), CLI11 (BSD-3-Clause), JSON for Modern C++ (MIT). Letras: Inter (OFL-1.1), DejaVu (licencia Bitstream Vera). Colores de los paquetes: Okabe e Ito.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>&lt;h2&gt;Mailtrek %1&lt;/h2&gt;&lt;p&gt;Watch a letter travel hop by hop: a simulator of e-mail delivery for the classroom.&lt;/p&gt;&lt;p&gt;Free software under the GNU General Public License, version 3 or later. It comes with absolutely no warranty. The text of the licence is in the file LICENSE.&lt;/p&gt;&lt;p&gt;IPv4 only: IPv6, multicast routing and BGP are not simulated.&lt;/p&gt;</source>
        <translation>&lt;h2&gt;Mailtrek %1&lt;/h2&gt;&lt;p&gt;Mira cómo viaja una carta salto a salto: un simulador de entrega de correo electrónico para el aula.&lt;/p&gt;&lt;p&gt;Software libre bajo la Licencia Pública General de GNU, versión 3 o posterior. Se ofrece sin ninguna garantía. El texto de la licencia está en el fichero LICENSE.&lt;/p&gt;&lt;p&gt;Solo IPv4: no se simulan IPv6, el encaminamiento multicast ni BGP.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>&lt;h2&gt;What you see&lt;/h2&gt;&lt;p&gt;Mailtrek has computed what really happens to a letter, byte by byte. You watch the recording: forwards, backwards, as often as you like. Looking changes nothing.&lt;/p&gt;&lt;p&gt;&lt;b&gt;The map&lt;/b&gt; shows machines and links in the order of the journey. What is bright moves or was lost. The ring marks who acts now. Point at anything to learn what it is; click a machine to see its mailboxes, right-click it (or press the menu key) to send a ping or a traceroute from there, now: the run is computed anew with it, and what was before stays as it was.&lt;/p&gt;&lt;p&gt;&lt;b&gt;The line below&lt;/b&gt; says what happens and why. &lt;b&gt;Why?&lt;/b&gt; follows the causes back.&lt;/p&gt;&lt;p&gt;&lt;b&gt;On the right&lt;/b&gt;: &lt;b&gt;Journey&lt;/b&gt; lists the steps of the letter, and what a level hides as counts that open; &lt;b&gt;Ladder&lt;/b&gt; shows what two machines say to each other, and when; &lt;b&gt;Mailbox&lt;/b&gt; shows what lies on the chosen machine. What you choose in one place is chosen everywhere.&lt;/p&gt;&lt;p&gt;&lt;b&gt;With a real mail program&lt;/b&gt; (menu, or a right click on a device): the servers answer on this computer, and the mail program that you set up takes the place of the device. The session becomes a scenario of its own that you can watch.&lt;/p&gt;&lt;h2&gt;Moving&lt;/h2&gt;&lt;p&gt;&lt;b&gt;Step&lt;/b&gt; goes to the next visible event, &lt;b&gt;Back&lt;/b&gt; to the state before, &lt;b&gt;Hop&lt;/b&gt; to where the letter next changes hands. &lt;b&gt;Play&lt;/b&gt; goes on by itself. Drag along the time strip to go anywhere.&lt;/p&gt;&lt;h2&gt;Levels&lt;/h2&gt;&lt;p&gt;1 tells the story, 2 servers, DNS and queues, 3 the dialogue of the programs, 4 TCP, 5 the network below. It is one and the same run: a level only hides.&lt;/p&gt;&lt;h2&gt;Losses&lt;/h2&gt;&lt;p&gt;A lost packet falls off its link, with a cross and the reason, and lies there until it has been sent again and arrived.&lt;/p&gt;</source>
        <translation>&lt;h2&gt;Qué se ve&lt;/h2&gt;&lt;p&gt;Mailtrek ha calculado lo que de verdad le ocurre a un mensaje, byte a byte. Lo que ves es la grabación: hacia delante, hacia atrás, las veces que quieras. Mirar no cambia nada.&lt;/p&gt;&lt;p&gt;&lt;b&gt;El mapa&lt;/b&gt; muestra máquinas y enlaces en el orden del viaje. Lo que tiene color vivo se mueve o se ha perdido. El anillo marca quién actúa ahora. Señala cualquier cosa para saber qué es; pulsa una máquina para ver sus buzones, y con el botón derecho (o la tecla de menú) envía desde ella un ping o un traceroute, ahora: la simulación se calcula de nuevo con él, y lo anterior queda como estaba.&lt;/p&gt;&lt;p&gt;&lt;b&gt;La línea de abajo&lt;/b&gt; dice qué ocurre y por qué. &lt;b&gt;¿Por qué?&lt;/b&gt; sigue las causas hacia atrás.&lt;/p&gt;&lt;p&gt;&lt;b&gt;A la derecha&lt;/b&gt;: &lt;b&gt;Recorrido&lt;/b&gt; enumera los pasos del mensaje, y lo que un nivel oculta como cuentas que se abren; &lt;b&gt;Escalera&lt;/b&gt; muestra qué se dicen dos máquinas, y cuándo; &lt;b&gt;Buzón&lt;/b&gt; muestra lo que hay en la máquina elegida. Lo que eliges en un sitio queda elegido en todos.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Con un programa de correo de verdad&lt;/b&gt; (menú, o clic derecho en un dispositivo): los servidores responden en este ordenador, y el programa de correo que configures ocupa el lugar del dispositivo. La sesión se convierte en un escenario propio que puedes ver.&lt;/p&gt;&lt;h2&gt;Moverse&lt;/h2&gt;&lt;p&gt;&lt;b&gt;Paso&lt;/b&gt; va al siguiente suceso visible, &lt;b&gt;Atrás&lt;/b&gt; al estado anterior, &lt;b&gt;Salto&lt;/b&gt; a donde el mensaje cambia de manos. &lt;b&gt;Reproducir&lt;/b&gt; sigue sin ayuda. Arrastra por la línea de tiempo para ir a cualquier sitio.&lt;/p&gt;&lt;h2&gt;Niveles&lt;/h2&gt;&lt;p&gt;El 1 cuenta la historia; el 2, los servidores, el DNS y las colas; el 3, el diálogo de los programas; el 4, TCP; el 5, la red de debajo. Es siempre la misma ejecución: un nivel solo oculta.&lt;/p&gt;&lt;h2&gt;Pérdidas&lt;/h2&gt;&lt;p&gt;Un paquete perdido cae de su enlace, con una cruz y el motivo, y se queda ahí hasta que se ha reenviado y ha llegado.&lt;/p&gt;</translation>
    </message>
</context>
<context>
    <name>HitWords</name>
    <message>
        <source>mail for %1</source>
        <translation>correo de %1</translation>
    </message>
    <message>
        <source>has stopped</source>
        <translation>se ha parado</translation>
    </message>
    <message>
        <source>is offline</source>
        <translation>está sin red</translation>
    </message>
    <message>
        <source>%1, delay %2, queue of %3</source>
        <translation>%1, retardo %2, cola de %3</translation>
    </message>
    <message>
        <source>to %1: %2</source>
        <translation>hacia %1: %2</translation>
    </message>
    <message>
        <source>is cut</source>
        <translation>está cortado</translation>
    </message>
    <message>
        <source>packet</source>
        <translation>paquete</translation>
    </message>
    <message>
        <source>data segment %1</source>
        <translation>segmento de datos %1</translation>
    </message>
    <message>
        <source>acknowledgment (ACK)</source>
        <translation>confirmación (ACK)</translation>
    </message>
    <message>
        <source>sent again: %1</source>
        <translation>reenviado: %1</translation>
    </message>
    <message>
        <source>opens the connection (SYN)</source>
        <translation>abre la conexión (SYN)</translation>
    </message>
    <message>
        <source>closes the connection (FIN)</source>
        <translation>cierra la conexión (FIN)</translation>
    </message>
    <message>
        <source>breaks off the connection (RST)</source>
        <translation>rompe la conexión (RST)</translation>
    </message>
    <message>
        <source>DNS question</source>
        <translation>pregunta al DNS</translation>
    </message>
    <message>
        <source>DNS answer</source>
        <translation>respuesta del DNS</translation>
    </message>
    <message>
        <source>notice of the network (ICMP)</source>
        <translation>aviso de la red (ICMP)</translation>
    </message>
    <message>
        <source>routing message</source>
        <translation>mensaje de encaminamiento</translation>
    </message>
    <message>
        <source>ARP: asks for or tells a MAC address</source>
        <translation>ARP: pregunta por una dirección MAC o la dice</translation>
    </message>
    <message>
        <source>MAC address of the sender: %1</source>
        <translation>Dirección MAC de quien envía: %1</translation>
    </message>
    <message>
        <source>a piece of the letter</source>
        <translation>un trozo del mensaje</translation>
    </message>
    <message>
        <source>from %1 to %2</source>
        <translation>de %1 a %2</translation>
    </message>
    <message>
        <source>ports %1 to %2, sequence %3, acknowledges %4</source>
        <translation>puertos %1 a %2, secuencia %3, confirma %4</translation>
    </message>
    <message>
        <source>%1 bytes, TTL %2</source>
        <translation>%1 bytes, TTL %2</translation>
    </message>
    <message>
        <source>lost: %1</source>
        <translation>se pierde: %1</translation>
    </message>
    <message>
        <source>, loses %1</source>
        <translation>, pierde %1</translation>
    </message>
    <message>
        <source>serves the letter “%1”</source>
        <translation>sirve a la carta «%1»</translation>
    </message>
    <message>
        <source>somebody listens here</source>
        <translation>aquí escucha alguien</translation>
    </message>
</context>
<context>
    <name>LadderWords</name>
    <message>
        <source>the letter, %1 bytes</source>
        <translation>el mensaje, %1 bytes</translation>
    </message>
    <message>
        <source>repeated %1</source>
        <translation>repetido %1</translation>
    </message>
    <message>
        <source>%1 earlier</source>
        <translation>%1 anteriores</translation>
    </message>
    <message>
        <source>1 line</source>
        <translation>1 línea</translation>
    </message>
    <message>
        <source>%1 lines</source>
        <translation>%1 líneas</translation>
    </message>
    <message>
        <source>%1 ACKs</source>
        <translation>%1 ACK</translation>
    </message>
    <message>
        <source>%1: 1 segment</source>
        <translation>%1: 1 segmento</translation>
    </message>
    <message>
        <source>%1: %2 segments</source>
        <translation>%1: %2 segmentos</translation>
    </message>
    <message>
        <source>%1, 1 ACK</source>
        <translation>%1, 1 ACK</translation>
    </message>
    <message>
        <source>%1, %2 ACKs</source>
        <translation>%1, %2 ACK</translation>
    </message>
</context>
<context>
    <name>MailboxWords</name>
    <message>
        <source>messages it knows of: %1, unread: %2</source>
        <translation>mensajes que conoce: %1, sin leer: %2</translation>
    </message>
    <message>
        <source>a copy kept on this device</source>
        <translation>una copia guardada en este dispositivo</translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation>%1 bytes</translation>
    </message>
    <message>
        <source>a letter</source>
        <translation>un mensaje</translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(sin asunto)</translation>
    </message>
    <message>
        <source>in the queue: %1</source>
        <translation>en la cola: %1</translation>
    </message>
    <message>
        <source>next try %1</source>
        <translation>próximo intento %1</translation>
    </message>
    <message>
        <source>being tried now</source>
        <translation>se intenta ahora</translation>
    </message>
    <message>
        <source> · attempts: %1</source>
        <translation> · intentos: %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 de %2</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>vacío</translation>
    </message>
    <message>
        <source> · reads: %1</source>
        <translation> · lecturas: %1</translation>
    </message>
    <message>
        <source>the letter now</source>
        <translation>el mensaje ahora</translation>
    </message>
    <message>
        <source>switched off</source>
        <translation>se ha apagado</translation>
    </message>
    <message>
        <source>has crashed; what it accepted stays on its disk</source>
        <translation>se ha caído; lo aceptado sigue en su disco</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>sin red</translation>
    </message>
    <message>
        <source>online</source>
        <translation>con red</translation>
    </message>
    <message>
        <source>no server has taken it over yet</source>
        <translation>ningún servidor lo ha recibido aún</translation>
    </message>
    <message>
        <source>read at %1</source>
        <translation>leído a las %1</translation>
    </message>
    <message>
        <source>printed at %1</source>
        <translation>impreso a las %1</translation>
    </message>
    <message>
        <source>deleted at %1</source>
        <translation>borrado a las %1</translation>
    </message>
    <message>
        <source>nothing has been read here yet</source>
        <translation>aquí aún no se ha leído nada</translation>
    </message>
    <message>
        <source>on this device: %1</source>
        <translation>en este dispositivo: %1</translation>
    </message>
    <message>
        <source>its mailbox, kept by %1</source>
        <translation>su buzón, en el servidor %1</translation>
    </message>
    <message>
        <source>no postmark yet</source>
        <translation>todavía sin matasellos</translation>
    </message>
</context>
<context>
    <name>MapWords</name>
    <message>
        <source>the network</source>
        <translation>la red</translation>
    </message>
    <message>
        <source>queued: %1</source>
        <translation>en cola: %1</translation>
    </message>
    <message>
        <source>%1&apos;s mailbox: %2</source>
        <translation>buzón de %1: %2</translation>
    </message>
    <message>
        <source>client</source>
        <translation>cliente</translation>
    </message>
    <message>
        <source>server</source>
        <translation>servidor</translation>
    </message>
    <message>
        <source>lost (%1):</source>
        <translation>se pierden (%1):</translation>
    </message>
    <message>
        <source>lost:</source>
        <translation>se pierde:</translation>
    </message>
</context>
<context>
    <name>MenuWords</name>
    <message>
        <source>Ping</source>
        <translation>Ping</translation>
    </message>
    <message>
        <source>Traceroute</source>
        <translation>Traceroute</translation>
    </message>
    <message>
        <source>Ask a machine for an answer, four times, and see how long it takes</source>
        <translation>Pedir respuesta a una máquina, cuatro veces, y ver cuánto tarda</translation>
    </message>
    <message>
        <source>See which routers are on the way to a machine</source>
        <translation>Ver qué routers hay en el camino a una máquina</translation>
    </message>
    <message>
        <source>A switch has no address: it cannot ask</source>
        <translation>Un switch no tiene dirección: no puede preguntar</translation>
    </message>
    <message>
        <source>It is off or offline now</source>
        <translation>Ahora está apagada o sin red</translation>
    </message>
    <message>
        <source>Take back what was added</source>
        <translation>Quitar lo añadido</translation>
    </message>
    <message>
        <source>With a real mail program…</source>
        <translation>Con un programa de correo de verdad…</translation>
    </message>
    <message>
        <source>A mail program on this computer takes the place of this device</source>
        <translation>Un programa de correo de este ordenador ocupa el lugar de este dispositivo</translation>
    </message>
    <message>
        <source>mailtrek-cli is not beside this program</source>
        <translation>mailtrek-cli no está junto a este programa</translation>
    </message>
</context>
<context>
    <name>OptionWords</name>
    <message>
        <source>(did you mean &apos;%1&apos;?)</source>
        <translation>(¿querías decir «%1»?)</translation>
    </message>
    <message>
        <source>%1 cannot be &apos;%2&apos;</source>
        <translation>%1 no puede ser «%2»</translation>
    </message>
    <message>
        <source>one file at a time: &apos;%1&apos; is one too many</source>
        <translation>un archivo cada vez: «%1» sobra</translation>
    </message>
    <message>
        <source>unknown option &apos;%1&apos;</source>
        <translation>opción desconocida «%1»</translation>
    </message>
    <message>
        <source>%1 needs a value</source>
        <translation>%1 necesita un valor</translation>
    </message>
    <message>
        <source>mailtrek [FILE|FOLDER] [options]
  --level story|mail|dialogue|tcp|ip   the level of detail to start at
  --pace story|true                    how simulated time becomes screen time
  --at TIME                            where to stand, as &apos;1 s&apos; or 30min
  --theme light|dark|contrast          colours
  --lang en|es                         language (default: the system&apos;s)
  --presenter                          everything larger, for the last row
  --screenshot OUT.png                 draw, save and exit; needs no screen
  --size 1280x720                      of the picture
  --view map|ladder|...                what to bring forward
  --help, --version
</source>
        <translation>mailtrek [ARCHIVO|CARPETA] [opciones]
  --level story|mail|dialogue|tcp|ip   nivel de detalle con el que empezar
  --pace story|true                    cómo el tiempo simulado se hace tiempo de pantalla
  --at TIEMPO                          dónde situarse, como &apos;1 s&apos; o 30min
  --theme light|dark|contrast          colores
  --lang en|es                         idioma (por omisión, el del sistema)
  --presenter                          todo más grande, para la última fila
  --screenshot SALIDA.png              dibujar, guardar y salir; no necesita pantalla
  --size 1280x720                      tamaño de la imagen
  --view map|ladder|...                qué poner delante
  --help, --version
</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>%1 days</source>
        <translation>%1 días</translation>
    </message>
    <message>
        <source>the queue is full</source>
        <translation>la cola está llena</translation>
    </message>
    <message>
        <source>noise on the link</source>
        <translation>ruido en el enlace</translation>
    </message>
    <message>
        <source>a burst of noise</source>
        <translation>una ráfaga de ruido</translation>
    </message>
    <message>
        <source>on the link</source>
        <translation>en el enlace</translation>
    </message>
    <message>
        <source>the link is cut</source>
        <translation>el enlace está cortado</translation>
    </message>
    <message>
        <source>nobody is there</source>
        <translation>no hay nadie</translation>
    </message>
    <message>
        <source>taken away</source>
        <translation>retirado</translation>
    </message>
    <message>
        <source>damaged: wrong checksum</source>
        <translation>dañado: suma incorrecta</translation>
    </message>
    <message>
        <source>TTL is used up</source>
        <translation>el TTL se ha agotado</translation>
    </message>
    <message>
        <source>no route</source>
        <translation>no hay ruta</translation>
    </message>
    <message>
        <source>too big for the link</source>
        <translation>demasiado grande para el enlace</translation>
    </message>
    <message>
        <source>not for this machine</source>
        <translation>no es para esta máquina</translation>
    </message>
    <message>
        <source>makes no sense</source>
        <translation>no tiene sentido</translation>
    </message>
    <message>
        <source>dropped early by the queue</source>
        <translation>la cola lo descarta antes de llenarse</translation>
    </message>
    <message>
        <source>nobody listens on the port</source>
        <translation>nadie escucha en el puerto</translation>
    </message>
    <message>
        <source>nobody answers ARP</source>
        <translation>nadie responde al ARP</translation>
    </message>
    <message>
        <source>too many wait for ARP</source>
        <translation>demasiados esperan el ARP</translation>
    </message>
    <message>
        <source>not meant for this station</source>
        <translation>no es para esta estación</translation>
    </message>
    <message>
        <source>a fragment is missing</source>
        <translation>falta un fragmento</translation>
    </message>
    <message>
        <source>Story</source>
        <translation>Historia</translation>
    </message>
    <message>
        <source>Mail</source>
        <translation>Correo</translation>
    </message>
    <message>
        <source>Dialogue</source>
        <translation>Diálogo</translation>
    </message>
    <message>
        <source>TCP</source>
        <translation>TCP</translation>
    </message>
    <message>
        <source>IP</source>
        <translation>IP</translation>
    </message>
    <message>
        <source>composed</source>
        <translation>compuesto</translation>
    </message>
    <message>
        <source>handed to the server</source>
        <translation>entregado a su servidor</translation>
    </message>
    <message>
        <source>MX</source>
        <translation>MX</translation>
    </message>
    <message>
        <source>connection</source>
        <translation>conexión</translation>
    </message>
    <message>
        <source>on its way</source>
        <translation>en camino</translation>
    </message>
    <message>
        <source>stored</source>
        <translation>guardado</translation>
    </message>
    <message>
        <source>read</source>
        <translation>leído</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::Actions</name>
    <message>
        <source>Gallery</source>
        <translation>Galería</translation>
    </message>
    <message>
        <source>Choose another scenario</source>
        <translation>Elegir otro escenario</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>Abrir archivo…</translation>
    </message>
    <message>
        <source>Open a scenario file</source>
        <translation>Abrir un archivo de escenario</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>Cerrar la ventana</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Reiniciar</translation>
    </message>
    <message>
        <source>Back to the start of the same run</source>
        <translation>Volver al principio de la misma ejecución</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Atrás</translation>
    </message>
    <message>
        <source>Exactly the state before</source>
        <translation>Exactamente el estado anterior</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Paso</translation>
    </message>
    <message>
        <source>On to the next visible event</source>
        <translation>Hasta el siguiente suceso visible</translation>
    </message>
    <message>
        <source>Hop</source>
        <translation>Salto</translation>
    </message>
    <message>
        <source>On to where the letter next changes hands</source>
        <translation>Hasta donde el mensaje cambia de manos</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Fuera</translation>
    </message>
    <message>
        <source>One level simpler, at the same place</source>
        <translation>Un nivel más sencillo, en el mismo punto</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Final</translation>
    </message>
    <message>
        <source>To the end of the run</source>
        <translation>Hasta el final de la ejecución</translation>
    </message>
    <message>
        <source>Why?</source>
        <translation>¿Por qué?</translation>
    </message>
    <message>
        <source>What brought this about</source>
        <translation>Qué ha causado esto</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Texto</translation>
    </message>
    <message>
        <source>Show or hide narration and callouts</source>
        <translation>Mostrar u ocultar la narración y los rótulos</translation>
    </message>
    <message>
        <source>Pace</source>
        <translation>Ritmo</translation>
    </message>
    <message>
        <source>How fast it plays</source>
        <translation>A qué velocidad se reproduce</translation>
    </message>
    <message>
        <source>True pace</source>
        <translation>Ritmo real</translation>
    </message>
    <message>
        <source>Pace %1×</source>
        <translation>Ritmo %1×</translation>
    </message>
    <message>
        <source>One second on the screen is one second of the run</source>
        <translation>Un segundo en pantalla es un segundo de la ejecución</translation>
    </message>
    <message>
        <source>Every visible event gets its share of the screen time, %1 times as fast</source>
        <translation>Cada suceso visible tiene su parte del tiempo en pantalla, %1 veces más rápido</translation>
    </message>
    <message>
        <source>See the same run at level %1: %2</source>
        <translation>Ver la misma ejecución en el nivel %1: %2</translation>
    </message>
    <message>
        <source>Switch to English</source>
        <translation>Cambiar a inglés</translation>
    </message>
    <message>
        <source>Switch to Spanish</source>
        <translation>Cambiar a español</translation>
    </message>
    <message>
        <source>Presenter mode</source>
        <translation>Modo presentación</translation>
    </message>
    <message>
        <source>Everything larger, for the last row</source>
        <translation>Todo más grande, para la última fila</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Pantalla completa</translation>
    </message>
    <message>
        <source>Fill the whole screen</source>
        <translation>Ocupar toda la pantalla</translation>
    </message>
    <message>
        <source>Reduced motion</source>
        <translation>Movimiento reducido</translation>
    </message>
    <message>
        <source>Nothing travels or falls: each state is shown at once</source>
        <translation>Nada viaja ni cae: cada estado se muestra de una vez</translation>
    </message>
    <message>
        <source>Larger map</source>
        <translation>Mapa más grande</translation>
    </message>
    <message>
        <source>Zoom into the map</source>
        <translation>Acercar el mapa</translation>
    </message>
    <message>
        <source>Smaller map</source>
        <translation>Mapa más pequeño</translation>
    </message>
    <message>
        <source>Zoom out of the map</source>
        <translation>Alejar el mapa</translation>
    </message>
    <message>
        <source>Fit map</source>
        <translation>Mapa entero</translation>
    </message>
    <message>
        <source>The whole map</source>
        <translation>Ver el mapa entero</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Claro</translation>
    </message>
    <message>
        <source>Light colours</source>
        <translation>Colores claros</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Oscuro</translation>
    </message>
    <message>
        <source>Dark colours</source>
        <translation>Colores oscuros</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Alto contraste</translation>
    </message>
    <message>
        <source>Black, white and yellow</source>
        <translation>Negro, blanco y amarillo</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menú</translation>
    </message>
    <message>
        <source>All commands</source>
        <translation>Todas las órdenes</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Ayuda</translation>
    </message>
    <message>
        <source>How this window works</source>
        <translation>Cómo funciona esta ventana</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Atajos</translation>
    </message>
    <message>
        <source>All keys on one sheet</source>
        <translation>Todas las teclas en una hoja</translation>
    </message>
    <message>
        <source>About Mailtrek</source>
        <translation>Acerca de Mailtrek</translation>
    </message>
    <message>
        <source>Version and licence</source>
        <translation>Versión y licencia</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausa</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Reproducir</translation>
    </message>
    <message>
        <source>Stop here</source>
        <translation>Parar aquí</translation>
    </message>
    <message>
        <source>Go on by itself</source>
        <translation>Seguir sin ayuda</translation>
    </message>
    <message>
        <source>Out again</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>Into</source>
        <translation>Dentro</translation>
    </message>
    <message>
        <source>Back to the level before, at the same place</source>
        <translation>Volver al nivel anterior, en el mismo punto</translation>
    </message>
    <message>
        <source>One level deeper, at the same place</source>
        <translation>Un nivel más profundo, en el mismo punto</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Recientes</translation>
    </message>
    <message>
        <source>Files opened before</source>
        <translation>Ficheros abiertos antes</translation>
    </message>
    <message>
        <source>Next milestone</source>
        <translation>Hito siguiente</translation>
    </message>
    <message>
        <source>On to the next milestone of the letter</source>
        <translation>Hasta el siguiente hito de la carta</translation>
    </message>
    <message>
        <source>Previous milestone</source>
        <translation>Hito anterior</translation>
    </message>
    <message>
        <source>Back to the milestone before</source>
        <translation>Vuelve al hito anterior</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Detalles</translation>
    </message>
    <message>
        <source>Addresses of machines; rate, delay and losses of links</source>
        <translation>Direcciones de las máquinas; velocidad, retardo y pérdidas de los enlaces</translation>
    </message>
    <message>
        <source>Next on the map</source>
        <translation>Siguiente en el mapa</translation>
    </message>
    <message>
        <source>Choose the next machine, packet or link on the map, and say what it is</source>
        <translation>Elige la siguiente máquina, paquete o enlace del mapa y dice qué es</translation>
    </message>
    <message>
        <source>Previous on the map</source>
        <translation>Anterior en el mapa</translation>
    </message>
    <message>
        <source>Journey</source>
        <translation>Recorrido</translation>
    </message>
    <message>
        <source>The steps of the letter, one below the other</source>
        <translation>Los pasos del mensaje, uno debajo de otro</translation>
    </message>
    <message>
        <source>Ladder</source>
        <translation>Escalera</translation>
    </message>
    <message>
        <source>What two machines say to each other, and when</source>
        <translation>Qué se dicen dos máquinas, y cuándo</translation>
    </message>
    <message>
        <source>Mailbox</source>
        <translation>Buzón</translation>
    </message>
    <message>
        <source>Queue, mailboxes and letter of the chosen machine</source>
        <translation>Cola, buzones y mensaje de la máquina elegida</translation>
    </message>
    <message>
        <source>Choose the one before</source>
        <translation>Elige lo anterior</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::Desk</name>
    <message>
        <source>Open a scenario</source>
        <translation>Abrir un escenario</translation>
    </message>
    <message>
        <source>Scenarios (*.yaml *.yml);;All files (*)</source>
        <translation>Escenarios (*.yaml *.yml);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>there is no view &apos;%1&apos; yet</source>
        <translation>todavía no existe la vista «%1»</translation>
    </message>
    <message>
        <source>%1 could not be written</source>
        <translation>no se ha podido escribir %1</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::Gallery</name>
    <message>
        <source>Gallery of scenarios</source>
        <translation>Galería de escenarios</translation>
    </message>
    <message>
        <source>Scenario: %1</source>
        <translation>Escenario: %1</translation>
    </message>
    <message>
        <source>Choose what to teach</source>
        <translation>Elige qué vas a enseñar</translation>
    </message>
    <message>
        <source>There are no scenarios here. Open a file, or drop one on this window.</source>
        <translation>Aquí no hay escenarios. Abre un archivo o suéltalo en esta ventana.</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Search the scenarios</source>
        <translation>Buscar entre los escenarios</translation>
    </message>
    <message>
        <source>Page before</source>
        <translation>Página anterior</translation>
    </message>
    <message>
        <source>Page before (Page Up)</source>
        <translation>Página anterior (Re Pág)</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>Página siguiente</translation>
    </message>
    <message>
        <source>Next page (Page Down)</source>
        <translation>Página siguiente (Av Pág)</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Open this scenario (Enter)</source>
        <translation>Abrir este escenario (Intro)</translation>
    </message>
    <message>
        <source>No scenario matches “%1”.</source>
        <translation>Ningún escenario coincide con «%1».</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 de %2</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::JourneyPanel</name>
    <message>
        <source>The journey has not begun yet. Step tells it line by line.</source>
        <translation>El recorrido aún no ha empezado. Paso lo va contando línea a línea.</translation>
    </message>
    <message>
        <source>%1 → %2: %3</source>
        <translation>%1 → %2: %3</translation>
    </message>
    <message>
        <source>Journey</source>
        <translation>Recorrido</translation>
    </message>
    <message>
        <source>Which letter is followed</source>
        <translation>Qué mensaje se sigue</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::Ladder</name>
    <message>
        <source>Ladder</source>
        <translation>Escalera</translation>
    </message>
    <message>
        <source>client</source>
        <translation>cliente</translation>
    </message>
    <message>
        <source>server · port %1</source>
        <translation>servidor · puerto %1</translation>
    </message>
    <message>
        <source>No connection yet.</source>
        <translation>Todavía no hay ninguna conexión.</translation>
    </message>
    <message>
        <source>now %1</source>
        <translation>ahora %1</translation>
    </message>
    <message>
        <source>%1 → %2, port %3</source>
        <translation>%1 → %2, puerto %3</translation>
    </message>
    <message>
        <source>always the one that speaks</source>
        <translation>siempre la que habla</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 de %2</translation>
    </message>
    <message>
        <source>Which connection: %1</source>
        <translation>Qué conexión: %1</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::MailboxCard</name>
    <message>
        <source>always the one that has the letter</source>
        <translation>siempre la que tiene el mensaje</translation>
    </message>
    <message>
        <source>Which machine: %1</source>
        <translation>Qué máquina: %1</translation>
    </message>
    <message>
        <source>Whose queue and mailboxes are shown</source>
        <translation>De quién son la cola y los buzones</translation>
    </message>
    <message>
        <source>Mailbox card of %1</source>
        <translation>Ficha de buzones de %1</translation>
    </message>
    <message>
        <source>Mailbox card</source>
        <translation>Ficha de buzones</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::MainWindow</name>
    <message>
        <source>Ladder</source>
        <translation>Escalera</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ver</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ejecución</translation>
    </message>
    <message>
        <source>Mailbox</source>
        <translation>Buzón</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Recientes</translation>
    </message>
    <message>
        <source>Journey</source>
        <translation>Recorrido</translation>
    </message>
    <message>
        <source>With a real mail program</source>
        <translation>Con un programa de correo de verdad</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::MapView</name>
    <message>
        <source>Map of the network</source>
        <translation>Mapa de la red</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::MilestoneBar</name>
    <message>
        <source>Journey of the letter</source>
        <translation>Viaje del mensaje</translation>
    </message>
    <message>
        <source>Journey of the letter: %1</source>
        <translation>Viaje del mensaje: %1</translation>
    </message>
    <message>
        <source>Go to: %1</source>
        <translation>Ir a: %1</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::NarrationLine</name>
    <message>
        <source>step %1</source>
        <translation>paso %1</translation>
    </message>
    <message>
        <source>The end of the run.</source>
        <translation>Fin de la ejecución.</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::ProgressCard</name>
    <message>
        <source>Stop</source>
        <translation>Parar</translation>
    </message>
    <message>
        <source>Simulate no further; what there is stays</source>
        <translation>No simular más; lo que hay se queda</translation>
    </message>
    <message>
        <source>Simulating: %1</source>
        <translation>Simulando: %1</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::ServeDialog</name>
    <message>
        <source>A real mail program in the place of %1</source>
        <translation>Un programa de correo de verdad en lugar de %1</translation>
    </message>
    <message>
        <source>The servers of this scenario will answer on this computer (127.0.0.1). A mail program that you set up with the addresses shown here takes the place of %1: what it sends crosses the simulated network.</source>
        <translation>Los servidores de este escenario responderán en este ordenador (127.0.0.1). Un programa de correo configurado con las direcciones que se muestran aquí ocupa el lugar de %1: lo que envía cruza la red simulada.</translation>
    </message>
    <message>
        <source>as slow as the clock on the wall</source>
        <translation>tan despacio como el reloj de pared</translation>
    </message>
    <message>
        <source>without waiting for the network</source>
        <translation>sin esperar a la red</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Elegir…</translation>
    </message>
    <message>
        <source>Time passes</source>
        <translation>El tiempo pasa</translation>
    </message>
    <message>
        <source>The session is kept in</source>
        <translation>La sesión se guarda en</translation>
    </message>
    <message>
        <source>Begin</source>
        <translation>Empezar</translation>
    </message>
    <message>
        <source>End and watch</source>
        <translation>Terminar y ver</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>%1 could not be started: %2</source>
        <translation>No se ha podido iniciar %1: %2</translation>
    </message>
    <message>
        <source>Keep the session in</source>
        <translation>Guardar la sesión en</translation>
    </message>
    <message>
        <source>Scenarios (*.yaml *.yml);;All files (*)</source>
        <translation>Escenarios (*.yaml *.yml);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>The session is over (code %1).</source>
        <translation>La sesión ha terminado (código %1).</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::TimeStrip</name>
    <message>
        <source>Time: %1 s</source>
        <translation>Tiempo: %1 s</translation>
    </message>
    <message>
        <source>milestone</source>
        <translation>hito</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>pérdida</translation>
    </message>
    <message>
        <source>resent</source>
        <translation>reenvío</translation>
    </message>
</context>
<context>
    <name>mailtrek::ui::WhyCard</name>
    <message>
        <source>Why?</source>
        <translation>¿Por qué?</translation>
    </message>
    <message>
        <source>click a line to go there</source>
        <translation>pulsa una línea para ir allí</translation>
    </message>
    <message>
        <source>Nothing before it: this is where it begins.</source>
        <translation>No hay nada antes: aquí empieza.</translation>
    </message>
    <message>
        <source>This is where it begins.</source>
        <translation>Aquí empieza todo.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Cerrar (Esc)</translation>
    </message>
</context>
</TS>
